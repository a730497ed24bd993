import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/** Which packages of Debian and Ubuntu each part of Nephos needs, and which of them are missing. */

/**
 * What packages are for: running machines, building guests for tests and the tutorial, testing how hosts are installed
 * over SSH, testing the console, testing sign-in with a directory.
 */
export type Purpose = 'hypervisor' | 'guest-image' | 'ssh-host' | 'browser' | 'directory';

/** Something that a purpose needs. */
export interface Requirement {
  /** Packages that bring it; where there are several, the first that the distribution has is installed. */
  readonly packages: readonly [string, ...string[]];
  /** Programs and files of which one is proof that it is there, however it came. */
  readonly evidence: readonly string[];
}

/** Where programs may be that are not for everybody's PATH. */
const programFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** A package with the programs or files that prove it is there; by default a program of the package's name. */
function need(name: string, ...evidence: string[]): Requirement {
  return { packages: [name], evidence: evidence.length === 0 ? [name] : evidence };
}

/** The needs of each purpose. Checked against Debian 12 and 13 and Ubuntu 24.04. */
export const requirements: Readonly<Record<Purpose, readonly Requirement[]>> = {
  hypervisor: [
    need('qemu-system-x86', 'qemu-system-x86_64'),
    need('qemu-utils', 'qemu-img'),
    // Brings the drivers (QEMU, network, storage, packet filters) and the users that they run as.
    need('libvirt-daemon-system', 'libvirtd'),
    need('libvirt-daemon-config-nwfilter', '/usr/share/libvirt/nwfilter'),
    need('dnsmasq-base', 'dnsmasq'),
    need('iproute2', 'ip'),
    need('nftables', 'nft'),
    need('iptables'),
    need('ebtables'),
    // Boot ROMs of network cards, without which QEMU refuses to start a machine that has one.
    need('ipxe-qemu', '/usr/lib/ipxe/qemu', '/usr/share/qemu/pxe-virtio.rom', '/usr/share/ipxe/qemu'),
    // Firmware for guests that start by UEFI.
    need('ovmf', '/usr/share/OVMF', '/usr/share/edk2/ovmf'),
    need('openssl'),
  ],
  // The kernel and busybox that go into the guest are only downloaded, not installed.
  'guest-image': [
    // Asks a guest from outside whether it is there.
    need('iputils-ping', 'ping'),
    need('xorriso'),
    need('mtools', 'mcopy'),
    need('grub-common', 'grub-mkrescue'),
    need('grub-pc-bin', '/usr/lib/grub/i386-pc'),
    need('cpio'),
    need('lz4'),
    need('kmod', 'depmod'),
    need('e2fsprogs', 'mkfs.ext4'),
    need('qemu-utils', 'qemu-img'),
  ],
  'ssh-host': [
    need('openssh-server', 'sshd'),
    need('openssh-client', 'ssh-keygen'),
    need('sudo'),
    need('curl'),
  ],
  browser: [
    {
      packages: ['chromium', 'chromium-browser'],
      evidence: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    },
    need('fonts-noto-cjk', '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'),
  ],
  directory: [
    need('slapd'),
    // Makes the certificate of the test's directory.
    need('openssl'),
  ],
};

const run = promisify(execFile);

function isEvident(evidence: string): boolean {
  if (path.isAbsolute(evidence)) return existsSync(evidence);
  const folders = [...programFolders, ...(process.env.PATH ?? '').split(':')];
  return folders.some((folder) => existsSync(path.join(folder, evidence)));
}

/** The ones of these packages that are installed, as dpkg knows them. */
async function installedOf(names: readonly string[]): Promise<Set<string>> {
  try {
    // Its status is 1 when one of the names is unknown, and it answers for the others all the same.
    const query = run('dpkg-query', ['--show', '--showformat', '${Package} ${db:Status-Status}\n', ...names]);
    const { stdout } = await query.catch((error: unknown) => error as { stdout?: string });
    const lines = (stdout ?? '').split('\n').filter((line) => line.endsWith(' installed'));
    return new Set(lines.map((line) => line.slice(0, line.indexOf(' '))));
  } catch {
    return new Set();
  }
}

/**
 * The one of several packages that apt can install. Ubuntu's chromium-browser does not count: it holds no browser
 * but asks snapd for one, which does not run in containers. The first if apt knows none, perhaps not yet.
 */
async function availableOf(names: Requirement['packages']): Promise<string> {
  if (names.length === 1) return names[0];
  for (const name of names) {
    const policy = run('apt-cache', ['policy', name], { env: { PATH: process.env.PATH, LC_ALL: 'C' } });
    const { stdout } = await policy.catch(() => ({ stdout: '' }));
    const candidate = /Candidate: (.*)/.exec(stdout)?.[1] ?? '(none)';
    if (candidate !== '(none)' && !candidate.includes('snap')) return name;
  }
  return names[0];
}

/** Names of the packages that these needs lack, each once. Takes milliseconds when nothing is missing. */
export async function missingFor(needs: readonly Requirement[]): Promise<string[]> {
  const doubtful = needs.filter(({ evidence }) => !evidence.some(isEvident));
  if (doubtful.length === 0) return [];
  const installed = await installedOf(doubtful.flatMap(({ packages }) => packages));
  const missing = doubtful.filter(({ packages }) => !packages.some((name) => installed.has(name)));
  return [...new Set(await Promise.all(missing.map(({ packages }) => availableOf(packages))))];
}

/** Names of the packages that are missing for these purposes. */
export function missingPackages(purposes: readonly Purpose[]): Promise<string[]> {
  return missingFor(purposes.flatMap((purpose) => requirements[purpose]));
}

/** Whether this process may install packages: it is root on a Debian or one of its descendants. */
export function canInstall(): boolean {
  return process.getuid?.() === 0 && hasApt();
}

function hasApt(): boolean {
  return existsSync('/etc/debian_version') && isEvident('apt-get');
}

/** The line for a terminal that installs these packages. */
export function installCommand(names: readonly string[]): string {
  if (!hasApt()) return `# install what your distribution has for Debian's ${names.join(', ')}`;
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return `${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends ${names.join(' ')}`;
}
