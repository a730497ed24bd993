import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readlinkSync, statSync, truncateSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Libvirt } from '../../agents/node-libvirt/connection.ts';
import { sendSignal, systemPath } from './libvirt-namespace.ts';

/** The process of a libvirt daemon of our own: starting it, finding it again, ending it. */

/** A daemon that answers, as `Libvirt.open` takes it. */
export interface LibvirtAddress {
  readonly socketPath: string;
  readonly uri: string;
}

/** How a daemon is started, and where it can be found. */
export interface DaemonPlace extends LibvirtAddress {
  readonly pidFile: string;
  readonly logFile: string;
  /** The program and arguments that become the daemon, through whatever namespaces. */
  readonly command: readonly string[];
  /** Added to a clean environment. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The daemon did not come up; the message ends with what it said last. */
export class LibvirtStartError extends Error {
  override readonly name = 'LibvirtStartError';
}

// prctl(PR_SET_CHILD_SUBREAPER, 1), by the system call's number, which differs by architecture.
const prctlNumbers: Partial<Record<NodeJS.Architecture, number>> = { x64: 157, arm64: 167 };

/**
 * Puts a program below one that collects orphaned processes as soon as they end. libvirt's QEMUs are orphans by
 * design, and it waits for them to vanish from the process table; where the first process of the system is slow at
 * that (2 s for each QEMU in some sandboxes) or does not do it (most containers), stopping a machine is slow or
 * fails. Perl, because it is on every Debian and Ubuntu and Node cannot make system calls.
 */
export function belowReaper(command: readonly string[]): string[] {
  const prctl = prctlNumbers[process.arch];
  if (prctl === undefined || !existsSync('/usr/bin/perl')) return [...command];
  const script = `syscall(${prctl}, 36, 1, 0, 0, 0); fork or exec @ARGV or die "$ARGV[0]: $!"; 1 while wait != -1;`;
  return ['/usr/bin/perl', '-e', script, '--', ...command];
}

/** The id of the daemon that the pid file names, if it is alive and a libvirt daemon in that network namespace. */
export function findDaemon(pidFile: string, namespace: string | undefined): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    if (readFileSync(`/proc/${pid}/comm`, 'utf8') !== 'libvirtd\n') return undefined;
    if (namespace === undefined) return pid;
    return readlinkSync(`/proc/${pid}/ns/net`) === `net:[${statSync(namespace).ino}]` ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Resolves once the daemon answers; rejects after `timeoutMs`, or as soon as `hasFailed` says so. */
async function waitUntilReady(
  place: DaemonPlace,
  timeoutMs: number,
  hasFailed: () => string | undefined,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    if (existsSync(place.socketPath)) {
      const error = await tryOpen(place, end - performance.now());
      if (error === undefined) return;
    }
    const failure =
      hasFailed() ?? (performance.now() > end ? `does not answer after ${timeoutMs} ms` : undefined);
    if (failure !== undefined) throw new LibvirtStartError(`libvirtd ${failure}${lastWords(place.logFile)}`);
    await sleep(20);
  }
}

/** What keeps a connection from coming about, or undefined when it does. */
export async function tryOpen(address: LibvirtAddress, timeoutMs: number): Promise<Error | undefined> {
  try {
    const { socketPath, uri } = address;
    const libvirt = await Libvirt.open({ socketPath, uri, openTimeoutMs: Math.max(1, Math.ceil(timeoutMs)) });
    await libvirt.close();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

function lastWords(logFile: string): string {
  if (!existsSync(logFile)) return '';
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-8);
  return `; the last lines of ${logFile} are:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

/**
 * Starts the daemon so that it outlives this process, and resolves with its id once it answers. Rejects with
 * LibvirtStartError, after having ended what was started.
 */
export async function startDaemon(place: DaemonPlace, timeoutMs: number): Promise<number> {
  // Long enough to look into a failure, short enough never to fill a disk.
  if (existsSync(place.logFile) && statSync(place.logFile).size > 1024 * 1024) truncateSync(place.logFile);
  const log = openSync(place.logFile, 'a');
  const [program = '', ...args] = place.command;
  const child = spawn(program, args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: systemPath, LC_ALL: 'C', ...place.environment },
  });
  closeSync(log);
  let failure: string | undefined;
  child.once('error', (error) => (failure = `could not be started: ${error.message}`));
  child.once('exit', () => (failure = 'ended at once'));
  child.unref();
  try {
    await waitUntilReady(place, timeoutMs, () => failure);
  } catch (error) {
    // The daemon and its reaper; machines of an earlier daemon are in groups of their own.
    if (child.pid !== undefined) sendSignal(-child.pid, 'SIGKILL');
    throw error;
  }
  return Number(readFileSync(place.pidFile, 'utf8'));
}

/** Ends the daemon and waits until it has; its machines run on. */
export async function endDaemon(pid: number): Promise<void> {
  for (let waited = 0; isAlive(pid); waited += 20) {
    if (waited === 0) sendSignal(pid, 'SIGTERM');
    if (waited === 5000) sendSignal(pid, 'SIGKILL');
    if (waited > 10_000) throw new Error(`libvirtd (process ${pid}) does not end`);
    await sleep(20);
  }
}

function isAlive(pid: number): boolean {
  try {
    // A zombie that nobody has collected yet has ended all the same.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
