import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** Network namespaces by name, as `ip netns` keeps them: they outlive every process, until they are deleted. */

const run = promisify(execFile);

/** Where `ip` finds what is installed in /usr/sbin, whatever the caller's PATH. */
export const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const environment = { PATH: systemPath, LC_ALL: 'C' };

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  try {
    await run(program, args, { env: environment });
    return true;
  } catch {
    return false;
  }
}

/** Whether this process may make mount and network namespaces: it is root, and no container forbids it. */
export async function canMakeNamespaces(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  return succeeds('unshare', ['--mount', '--net', 'ip', 'link', 'set', 'lo', 'up']);
}

/** The namespace is there and its loopback is up, whether it existed or not. */
export async function ensureNetworkNamespace(name: string): Promise<void> {
  const file = namespaceFile(name);
  // After a reboot with /run on a disk the file is left without the namespace behind it.
  if (existsSync(file) && !(await succeeds('ip', ['netns', 'exec', name, 'true']))) {
    await run('ip', ['netns', 'delete', name], { env: environment });
  }
  if (!existsSync(file)) await run('ip', ['netns', 'add', name], { env: environment });
  await run('ip', ['-netns', name, 'link', 'set', 'lo', 'up'], { env: environment });
}

/** Where the namespace is pinned. */
export function namespaceFile(name: string): string {
  return `/run/netns/${name}`;
}

/** Runs a program in the namespace. @returns what it printed */
export async function runInNamespace(name: string, command: readonly string[]): Promise<string> {
  const { stdout } = await run('ip', ['netns', 'exec', name, ...command], { env: environment });
  return stdout;
}

/** Ids of the processes in the namespace, or of those of them whose program is called so. */
export async function processesIn(name: string, called?: RegExp): Promise<number[]> {
  const { stdout } = await run('ip', ['netns', 'pids', name], { env: environment });
  const pids = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
  return called === undefined ? pids : pids.filter((pid) => called.test(programOf(pid)));
}

/** Empty for one that has ended. */
function programOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8');
  } catch {
    return '';
  }
}

/** Ends every process in the namespace, whatever it is, and deletes the namespace. */
export async function deleteNetworkNamespace(name: string): Promise<void> {
  if (!existsSync(namespaceFile(name))) return;
  for (let attempt = 0; ; attempt++) {
    const processes = await processesIn(name);
    if (processes.length === 0) break;
    // dnsmasq and QEMU end by SIGTERM within moments; what is still there after a second does not want to.
    if (attempt === 0) for (const pid of processes) sendSignal(pid, 'SIGTERM');
    if (attempt > 20) for (const pid of processes) sendSignal(pid, 'SIGKILL');
    if (attempt === 100) throw new Error(`processes ${processes.join(', ')} in namespace ${name} do not end`);
    await sleep(50);
  }
  await run('ip', ['netns', 'delete', name], { env: environment });
}

/** Signals a process, or with a negative id a group, unless it has ended in the meantime. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
