import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { belowReaper } from '../../../scripts/launch/libvirt-daemon.ts';
import { writeConfiguration } from '../../../scripts/launch/libvirt-configuration.ts';
import {
  deleteNetworkNamespace,
  processesIn,
  systemPath,
} from '../../../scripts/launch/libvirt-namespace.ts';
import { eventually } from '../eventually.ts';
import type { HostNetwork } from './host-network.ts';

const run = promisify(execFile);
const checkout = path.resolve(import.meta.dirname, '../../..');
const script = readFileSync(path.join(import.meta.dirname, 'enter-host.sh'), 'utf8');
const readyMs = 20_000;

export interface SshHostOptions {
  network: HostNetwork;
  name: string;
  /** Whether libvirtd runs there. */
  libvirt?: boolean;
  /** That KVM is of no use here is to be seen at once, whatever this machine has. */
  isWithoutKvm?: boolean;
  /** Files that this host does not have. */
  absent?: readonly string[];
}

/**
 * A machine as an operator has it before it is a host of Nephos: with sshd, in network, mount and UTS namespaces of
 * its own, its folders its own, and this checkout not to be seen there. The users `root`, `operator` (who may use
 * sudo) and `visitor` (who may not) have one password; the first two a key as well.
 */
export class SshHost implements AsyncDisposable {
  readonly #folder: string;
  readonly #namespace: string;
  readonly #process: ChildProcess;
  readonly name: string;
  readonly address: string;
  readonly password = 'a password of the host';

  private constructor(options: {
    folder: string;
    namespace: string;
    process: ChildProcess;
    name: string;
    address: string;
  }) {
    this.#folder = options.folder;
    this.#namespace = options.namespace;
    this.#process = options.process;
    this.name = options.name;
    this.address = options.address;
  }

  /** Resolves when sshd, and libvirtd if there is one, answer. */
  static async start({
    network,
    name,
    libvirt = false,
    isWithoutKvm = false,
    absent = [],
  }: SshHostOptions): Promise<SshHost> {
    const folder = mkdtempSync(path.join(tmpdir(), 'nephos-host-'));
    const { namespace, address } = await network.join();
    mkdirSync(path.join(folder, 'own'));
    await makeKey(path.join(folder, 'host-key'));
    await makeKey(path.join(folder, 'user-key'));
    writeFileSync(path.join(folder, 'sshd_config'), sshdConfiguration(folder, address));
    const { stdout } = await run('openssl', ['passwd', '-6', 'a password of the host']);
    writeFileSync(path.join(folder, 'password-hash'), stdout.trim());
    const user = { name: 'root', group: 'root', reason: 'folders of tests are closed to others' };
    await writeConfiguration(path.join(folder, 'libvirt'), randomUUID(), user);
    writeFileSync(path.join(folder, 'reaper'), belowReaper([])[2] ?? '');
    writeFileSync(path.join(folder, 'enter-host.sh'), script);
    const enter = ['netns', 'exec', namespace, 'unshare', '--mount', '--uts', '--propagation', 'private'];
    const kvm = isWithoutKvm && existsSync('/dev/kvm') ? 'useless' : 'real';
    const args = [folder, name, checkout, libvirt ? 'libvirt' : 'none', kvm, ...absent];
    const child = spawn('ip', [...enter, 'sh', path.join(folder, 'enter-host.sh'), ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: systemPath, LC_ALL: 'C' },
    });
    let complaint = '';
    child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
    const host = new SshHost({ folder, namespace, process: child, name, address });
    const socket = libvirt ? '/run/libvirt/libvirt-sock' : '/run/sshd.pid';
    for (
      const deadline = Date.now() + readyMs;
      !existsSync(host.path(socket)) || !existsSync(host.path('/run/sshd.pid'));
    ) {
      if (child.exitCode !== null || Date.now() > deadline) {
        await host[Symbol.asyncDispose]();
        throw new Error(`host ${name} did not start: ${complaint}`);
      }
      await sleep(50);
    }
    return host;
  }

  /** `SHA256:…` of its key. */
  get fingerprint(): Promise<string> {
    return fingerprintOf(path.join(this.#folder, 'host-key.pub'));
  }

  /** A key that lets `root` and `operator` in. */
  get privateKey(): string {
    return readFileSync(path.join(this.#folder, 'user-key'), 'utf8');
  }

  /** A file of the host, as this process reads it. */
  path(file: string): string {
    return path.join(`/proc/${this.#process.pid ?? 0}/root`, file);
  }

  /** What an installation would leave: everything in its folders, and who runs from there. */
  leftovers(): string[] {
    const folders = ['/opt', '/etc/nephos', '/var/lib/nephos-agent', '/run/nephos'];
    return folders.flatMap((folder) =>
      existsSync(this.path(folder))
        ? readdirSync(this.path(folder), { recursive: true }).map((file) => path.join(folder, String(file)))
        : [],
    );
  }

  /** Command lines of all that runs there. */
  async processes(): Promise<string[]> {
    const pids = await processesIn(this.#namespace);
    return pids.map(commandOf).filter((command) => command !== '');
  }

  /** Runs a program there, as root. @returns its standard output */
  async run(program: string, ...args: string[]): Promise<string> {
    const inside = ['--target', String(this.#process.pid), '--mount', '--uts', '--net', program, ...args];
    const { stdout } = await run('nsenter', inside, { env: { PATH: systemPath } });
    return stdout;
  }

  /** As after a new installation of its system: it shows another key. */
  async changeKey(): Promise<void> {
    rmSync(path.join(this.#folder, 'host-key'));
    rmSync(path.join(this.#folder, 'host-key.pub'));
    await makeKey(path.join(this.#folder, 'host-key'));
    process.kill(Number(readFileSync(this.path('/run/sshd.pid'), 'utf8')), 'SIGHUP');
    const [, key = ''] = readFileSync(path.join(this.#folder, 'host-key.pub'), 'utf8').split(' ');
    await eventually(
      () => keyShownAt(this.address),
      (shown) => shown.includes(key),
    );
  }

  /** Switches it off, with all that runs there. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#process.once('exit', () => resolve()));
    await deleteNetworkNamespace(this.#namespace);
    if (this.#process.exitCode === null && this.#process.signalCode === null) await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

async function makeKey(file: string): Promise<void> {
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'nephos test', '-f', file]);
}

async function fingerprintOf(file: string): Promise<string> {
  const { stdout } = await run('ssh-keygen', ['-l', '-f', file]);
  return stdout.split(' ')[1] ?? '';
}

/** Empty while no sshd listens. */
async function keyShownAt(address: string): Promise<string> {
  const scan = run('ssh-keyscan', ['-t', 'ed25519', address]);
  return scan.then(
    ({ stdout }) => stdout,
    () => '',
  );
}

const sshdConfiguration = (folder: string, address: string) => `
ListenAddress ${address}
HostKey ${folder}/host-key
PidFile /run/sshd.pid
PermitRootLogin yes
PasswordAuthentication yes
UsePAM no
AuthorizedKeysFile /etc/ssh/keys/%u
StrictModes no
UseDNS no
LogLevel ERROR
`;
