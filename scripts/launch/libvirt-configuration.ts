import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { QemuUser } from './libvirt-qemu-user.ts';

/**
 * Requests that our daemon takes from one client at a time. libvirt's own default of 5 is meant for many clients;
 * ours has a host agent and little else.
 */
export const maxClientRequests = 64;

const heading = '# Written by Nephos at every start; changes are lost.\n';

function daemonConfiguration(hostUuid: string): string {
  return `${heading}
# The host's own UUID would be the same for every libvirt on this host, and migration between two of them refused.
host_uuid = "${hostUuid}"
listen_tls = 0
listen_tcp = 0
auth_unix_rw = "none"
auth_unix_ro = "none"
unix_sock_ro_perms = "0700"
unix_sock_rw_perms = "0700"
max_client_requests = ${maxClientRequests}
max_workers = ${maxClientRequests}
log_outputs = "3:stderr"
`;
}

function qemuConfiguration(user: QemuUser): string {
  return `${heading}
user = "${user.name}"
group = "${user.group}"
# AppArmor's profiles for libvirt name its usual folders, not ours.
security_driver = "none"
# Scanning cgroups trips over mounts that belong to others, and a container has none to give.
cgroup_controllers = []
# The daemon's mount namespace is private already; a further one per machine would hide devices plugged in later.
namespaces = []
# No virtlogd, which would be one more process to keep alive.
stdio_handler = "file"
# Ownership of images is not remembered in extended attributes, which many file systems do not have.
remember_owner = 0
vnc_listen = "127.0.0.1"
spice_listen = "127.0.0.1"
`;
}

/**
 * Writes what the daemon reads at its start into `folder`, its /etc/libvirt. Says whether anything is different
 * from what was there, so that a running daemon would have to be restarted.
 */
export async function writeConfiguration(folder: string, hostUuid: string, user: QemuUser): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  const files = { 'libvirtd.conf': daemonConfiguration(hostUuid), 'qemu.conf': qemuConfiguration(user) };
  let hasChanged = false;
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    if ((await readFile(file, 'utf8').catch(() => '')) === text) continue;
    hasChanged = true;
    await writeFile(file, text);
  }
  await copyFilters(path.join(folder, 'nwfilter'));
  return hasChanged;
}

/** Where distributions put libvirt's ready-made network filters (clean-traffic and those it is made of). */
const filterSources = ['/usr/share/libvirt/nwfilter', '/etc/libvirt/nwfilter'];

async function copyFilters(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const present = new Set(await readdir(folder));
  for (const source of filterSources) {
    const files = await readdir(source).catch(() => []);
    for (const file of files.filter((name) => name.endsWith('.xml') && !present.has(name))) {
      // A filter that is there keeps its UUID, which the daemon has added and running machines refer to.
      await copyFile(path.join(source, file), path.join(folder, file));
      present.add(file);
    }
  }
}
