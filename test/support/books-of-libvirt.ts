import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { uuidOf, parseId } from '@nephos/model/kernel/ids.ts';
import { getDomainState, listDomains } from '@nephos/node-libvirt/domain.ts';
import type { Books } from './books.ts';
import { inNamespace } from './hypervisor-hosts.ts';
import type { LibvirtHost } from './libvirt-host.ts';
import type { LibvirtWorld } from './libvirt-world.ts';

const run = promisify(execFile);

/** What the hypervisors of a world have, and what lies in its storage. */
export async function seenInLibvirt(world: LibvirtWorld): Promise<Books> {
  const pool = await world.server.db.selectFrom('StoragePool').select('id').executeTakeFirstOrThrow();
  const domains = (await Promise.all(world.hosts.map(domainsOf))).flat();
  const named = (...states: string[]) =>
    domains
      .filter(({ state }) => states.includes(state))
      .map(({ host, name }) => `${host} ${name}`)
      .sort();
  // Beside a disk lies how its machine was defined when a snapshot of its memory was taken.
  const disks = (await filesIn(path.join(world.primary, 'volumes'))).filter((file) => !file.endsWith('.xml'));
  return {
    running: named('RUNNING'),
    suspended: named('PAUSED'),
    off: named('SHUTOFF'),
    volumes: await Promise.all(
      disks.map(async (file) => `${pool.id} ${path.basename(file, '.qcow2')} ${await virtualSizeOf(file)}`),
    ),
    snapshots: (
      await Promise.all(
        disks.map(async (file) =>
          (await snapshotsOf(file)).map((snapshot) => `${path.basename(file, '.qcow2')} ${snapshot}`),
        ),
      )
    )
      .flat()
      .sort(),
    bases: (await filesIn(path.join(world.primary, 'bases'))).map(
      (file) => `${pool.id} ${path.basename(file, '.qcow2')}`,
    ),
    imageFiles: (await filesIn(world.imageStore)).map((file) => path.basename(file)),
  };
}

/** What a host has beside its domains, and what it should have for these: cables, addresses, discs and screens. */
export async function strayThings(host: LibvirtHost): Promise<string[]> {
  const { runFolder, networkNamespace } = host.hypervisor;
  const domains = await domainsOf(host);
  const known = new Set(domains.map(({ name }) => name));
  const files = new Set(domains.map(({ name }) => uuidOf(parseId('VirtualMachine', name))));
  const leases = await filesIn(path.join(runFolder, 'dhcp'), 'hosts');
  const promised = (await Promise.all(leases.map((file) => readFile(file, 'utf8'))))
    .flatMap((text) => text.split('\n'))
    .filter((line) => line !== '' && !known.has(line.split(' # ')[1] ?? ''));
  const held = [
    ...(await filesIn(path.join(runFolder, 'seeds'))),
    ...(await filesIn(path.join(runFolder, 'vnc'))),
  ];
  const cables = await inNamespace(networkNamespace, 'ip', '-o', 'link', 'show', 'type', 'tun');
  const isUp = domains.some(({ state }) => state !== 'SHUTOFF');
  const servers = await inNamespace(networkNamespace, 'ss', '-lunpH', 'sport', '=', '67');
  const networks = await readdir(path.join(runFolder, 'dhcp')).catch(() => []);
  return [
    ...promised.map((line) => `address ${line}`),
    ...held.filter((file) => !files.has(path.parse(file).name)),
    ...(isUp ? [] : cables.split('\n').filter((line) => line !== '')),
    ...servers
      .split('\n')
      .filter((line) => line !== '')
      .slice(networks.length),
  ];
}

async function domainsOf({ name: host, libvirt }: LibvirtHost) {
  const domains = await listDomains(libvirt);
  return Promise.all(
    domains.map(async (domain) => ({
      host,
      name: domain.name,
      state: (await getDomainState(libvirt, domain)).state,
    })),
  );
}

/** Files in a folder and below, sorted; only those of one name, when it is given. */
async function filesIn(folder: string, name?: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory() && (name === undefined || entry.name === name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

async function infoOf(file: string): Promise<{ 'virtual-size': number; snapshots?: { name: string }[] }> {
  const { stdout } = await run('qemu-img', ['info', '--force-share', '--output=json', file]);
  return JSON.parse(stdout) as Awaited<ReturnType<typeof infoOf>>;
}

const virtualSizeOf = async (file: string) => (await infoOf(file))['virtual-size'];

const snapshotsOf = async (file: string) => ((await infoOf(file)).snapshots ?? []).map(({ name }) => name);
