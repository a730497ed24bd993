import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstat, mkdir, realpath } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { belowReaper, type DaemonPlace } from './libvirt-daemon.ts';
import { canMakeNamespaces } from './libvirt-namespace.ts';
import { canOpenKvm, chooseQemuUser, describeUser, type QemuUser } from './libvirt-qemu-user.ts';

/** Where a private daemon lives: its folders, its namespaces, its way of being started. */

const run = promisify(execFile);

/** Everything about a private daemon that follows from its folder and from what this process may do. */
export interface PrivatePlace extends DaemonPlace {
  /** For sockets and pid files; short, because the path of a socket may have 107 bytes only. */
  readonly runFolder: string;
  /** What the daemon takes for /etc/libvirt. */
  readonly configurationFolder: string;
  /** What the daemon takes for /var/lib/libvirt. */
  readonly stateFolder: string;
  /** Name of its network namespace, null where none can be made. */
  readonly networkNamespace: string | null;
  readonly qemuUser: QemuUser;
  /** Where a running daemon's sockets to QEMU are, by a path short enough for a socket. */
  readonly qemuFolder: (pid: number) => string;
  /** The same for the same folder, another for another. */
  readonly hostUuid: string;
}

type Folders = ReturnType<typeof foldersOf>;

function foldersOf(root: string, runFolder: string) {
  return {
    root,
    runFolder,
    configurationFolder: path.join(root, 'etc', 'libvirt'),
    stateFolder: path.join(root, 'lib'),
    cacheFolder: path.join(root, 'cache', 'libvirt'),
    logFolder: path.join(root, 'log'),
  };
}

/** Finds out how a daemon can be run from this folder, and makes the folders it needs. */
export async function preparePlace(folder: string): Promise<PrivatePlace> {
  await mkdir(folder, { recursive: true });
  const root = await realpath(folder);
  const digest = createHash('sha256').update(root).digest('hex');
  const id = digest.slice(0, 12);
  const folders = foldersOf(root, path.join(await runBase(), id));
  for (const each of Object.values(folders)) await mkdir(each, { recursive: true });
  const way = (await canMakeNamespaces()) ? await isolatedPlace(folders, id) : await sessionPlace(folders);
  const logFile = path.join(folders.logFolder, 'libvirtd.log');
  return { ...folders, logFile, hostUuid: uuidFrom(digest), ...way };
}

/**
 * What libvirt has found out about the host's QEMUs, for all private daemons: they have the same ones, and asking
 * takes a second or two. libvirt itself notices when a QEMU has changed.
 */
const sharedProbesFolder = '/var/cache/nephos/qemu-capabilities';

type WayToRun = Omit<PrivatePlace, keyof Folders | 'logFile' | 'hostUuid'>;

/**
 * With root's powers: a full daemon that finds its own folders in the usual places, in a network namespace of its
 * own. The mount namespace is a new one at each start and needs no name: the folders in it are the same.
 */
async function isolatedPlace(folders: Folders, id: string): Promise<WayToRun> {
  const networkNamespace = `nephos-${id}`;
  await mkdir(sharedProbesFolder, { recursive: true });
  const mounts = [
    [folders.configurationFolder, '/etc/libvirt'],
    [folders.runFolder, '/run/libvirt'],
    [folders.stateFolder, '/var/lib/libvirt'],
    [folders.cacheFolder, '/var/cache/libvirt'],
    [sharedProbesFolder, '/var/cache/libvirt/qemu/capabilities'],
    [folders.logFolder, '/var/log/libvirt'],
  ].flat();
  // Slave: what the host mounts later is seen inside, and nothing from inside is seen outside.
  const enter = ['netns', 'exec', networkNamespace, 'unshare', '--mount', '--propagation', 'slave'];
  const qemuUser = await chooseQemuUser(folders.root);
  const script = `${(await canOpenKvm(qemuUser)) ? '' : openKvmTo(qemuUser)}${mountAll}; shift; exec "$@"`;
  const daemon = belowReaper(['libvirtd', '--pid-file', '/run/libvirt/libvirtd.pid']);
  return {
    networkNamespace,
    uri: 'qemu:///system',
    socketPath: path.join(folders.runFolder, 'libvirt-sock'),
    pidFile: path.join(folders.runFolder, 'libvirtd.pid'),
    qemuFolder: (pid) => `/proc/${pid}/root/var/lib/libvirt/qemu`,
    qemuUser,
    command: ['ip', ...enter, 'sh', '-c', script, 'sh', ...mounts, '--', ...daemon],
    environment: {},
  };
}

/** Shell: mounts every first argument on the second that follows it, up to `--`. */
const mountAll = 'while [ "$1" != -- ]; do mkdir -p "$2" && mount --bind "$1" "$2" || exit; shift 2; done';

/**
 * Shell: puts in the place of /dev/kvm, for the daemon and its machines alone, the same device with another owner.
 * Without udev the device is root's only; in a container its group is a number of the host's. Then QEMU's user
 * could use no KVM, and libvirt, which tries with more rights than QEMU will have, would take its own findings for
 * outdated and probe every QEMU again at every turn, 2 s each. The node needs a file system that allows devices,
 * which a passing tmpfs is.
 */
function openKvmTo({ name, group }: QemuUser): string {
  const place = '/var/lib/libvirt';
  const make = `mknod -m 0660 ${place}/kvm c 10 232 && chown ${name}:${group} ${place}/kvm`;
  return `mount -t tmpfs nephos ${place} && { ${make} && mount --bind ${place}/kvm /dev/kvm; umount -l ${place}; }; `;
}

/**
 * Without them: a daemon as an ordinary user has it, told by XDG's variables where its folders are. It runs
 * machines, but has no bridges, no DHCP and no packet filters. Root in a container that may make no namespaces runs
 * it as QEMU's user, because root's daemon has its folders built in.
 */
async function sessionPlace(folders: Folders): Promise<WayToRun> {
  const daemon = belowReaper(['libvirtd', '--pid-file', path.join(folders.runFolder, 'libvirtd.pid')]);
  const why = 'this process may not make namespaces';
  const place = {
    networkNamespace: null,
    uri: 'qemu:///session',
    socketPath: path.join(folders.runFolder, 'libvirt', 'libvirt-sock'),
    pidFile: path.join(folders.runFolder, 'libvirtd.pid'),
    qemuFolder: () => path.join(folders.configurationFolder, 'qemu', 'lib'),
    environment: {
      HOME: folders.root,
      XDG_RUNTIME_DIR: folders.runFolder,
      XDG_CONFIG_HOME: path.dirname(folders.configurationFolder),
      XDG_CACHE_HOME: path.dirname(folders.cacheFolder),
      XDG_DATA_HOME: folders.stateFolder,
    },
  };
  if (process.getuid?.() !== 0) {
    return { ...place, qemuUser: await describeUser(os.userInfo().username, why), command: daemon };
  }
  const user = await chooseQemuUser(folders.root);
  if (user.name === 'root') {
    throw new Error(`libvirtd can run neither as root, because ${why}, nor as another: ${user.reason}`);
  }
  const { root, runFolder, stateFolder, logFolder } = folders;
  const owned = [runFolder, stateFolder, logFolder, path.join(root, 'etc'), path.join(root, 'cache')];
  await run('chown', ['-R', `${user.name}:${user.group}`, ...owned]);
  const become = ['setpriv', '--reuid', user.name, '--regid', user.group, '--init-groups'];
  return { ...place, qemuUser: { ...user, reason: why }, command: [...become, ...daemon] };
}

/** A folder for run folders, with a short path, that nobody else can put anything into. */
async function runBase(): Promise<string> {
  if (process.getuid?.() === 0) return '/run/nephos';
  const runtime = process.env.XDG_RUNTIME_DIR;
  if (runtime !== undefined) return path.join(runtime, 'nephos');
  const own = path.join('/tmp', `nephos-${os.userInfo().uid}`);
  await mkdir(own, { recursive: true, mode: 0o700 });
  const { uid, mode } = await lstat(own);
  if (uid !== process.getuid?.() || (mode & 0o077) !== 0) throw new Error(`${own} belongs to somebody else`);
  return own;
}

function uuidFrom(hex: string): string {
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-');
}
