import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import readline from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** Installing packages with apt-get, without questions and without starting what they bring. */

export interface InstallOptions {
  /** Hears every line that apt-get writes. */
  readonly log: (line: string) => void;
  /** How long another apt or dpkg may hold the lock before we give up, in ms. Default five minutes. */
  readonly lockTimeoutMs?: number;
  /** Where apt-get is looked for. Default is the system's own PATH. */
  readonly path?: string;
  /** Where a maintainer's script looks whether it may start a service. For tests. */
  readonly policyFile?: string;
}

/** apt-get did not do it; the message ends with what it said last. */
export class InstallError extends Error {
  override readonly name = 'InstallError';
}

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const installArguments = [
  'install',
  '--yes',
  '--no-install-recommends',
  '--option=Dpkg::Options::=--force-confdef',
  '--option=Dpkg::Options::=--force-confold',
  '--option=Dpkg::Use-Pty=0',
];

/**
 * Installs packages by name. Package lists are fetched only when there are none, or when apt finds with those it
 * has that a package is not there. Rejects with InstallError. Needs root.
 */
export async function installPackages(names: readonly string[], options: InstallOptions): Promise<void> {
  if (names.length === 0) return;
  const apt = (...args: string[]) => runApt(args, options);
  await withServicesOff(options.policyFile ?? '/usr/sbin/policy-rc.d', async () => {
    let hasLists = false;
    if (!hasPackageLists()) {
      await succeed(apt('update'));
      hasLists = true;
    }
    const first = await apt(...installArguments, ...names);
    if (first.status === 0) return;
    // Old lists name files that the mirror has no more, or do not know the package yet.
    if (hasLists || !/Unable to locate|no installation candidate|Unable to fetch|404/.test(first.output)) {
      throw failureOf(first);
    }
    await succeed(apt('update'));
    await succeed(apt(...installArguments, ...names));
  });
}

interface Outcome {
  readonly command: string;
  readonly status: number | null;
  readonly output: string;
}

async function succeed(outcome: Promise<Outcome>): Promise<void> {
  const done = await outcome;
  if (done.status !== 0) throw failureOf(done);
}

function failureOf({ command, status, output }: Outcome): InstallError {
  const lines = output.trimEnd().split('\n').slice(-8);
  return new InstallError(
    `${command} ended with status ${status}:\n${lines.map((line) => `  ${line}`).join('\n')}`,
  );
}

/** Runs apt-get until it is not told any more that another has the lock. */
async function runApt(args: readonly string[], options: InstallOptions): Promise<Outcome> {
  const end = performance.now() + (options.lockTimeoutMs ?? 300_000);
  for (;;) {
    const outcome = await runOnce(args, options);
    // apt's own DPkg::Lock::Timeout does not cover the lock of the package lists.
    const isLocked =
      outcome.status !== 0 && /Could not get lock|Unable to (acquire|lock)/.test(outcome.output);
    if (!isLocked || performance.now() > end) return outcome;
    options.log('another program is installing packages; waiting for it');
    await sleep(Math.min(1000, Math.max(0, end - performance.now())));
  }
}

async function runOnce(args: readonly string[], options: InstallOptions): Promise<Outcome> {
  const child = spawn('apt-get', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: options.path ?? systemPath,
      HOME: '/root',
      LC_ALL: 'C',
      DEBIAN_FRONTEND: 'noninteractive',
      // Ubuntu would ask which services to restart, and restart them.
      NEEDRESTART_SUSPEND: '1',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    readline.createInterface({ input: stream }).on('line', (line) => {
      output += `${line}\n`;
      options.log(line);
    });
  }
  const [status] = (await once(child, 'close')) as [number | null];
  return { command: `apt-get ${args[0]}`, status, output };
}

function hasPackageLists(): boolean {
  const folder = '/var/lib/apt/lists';
  return existsSync(folder) && readdirSync(folder).some((name) => name.includes('_Packages'));
}

const marker = '# Written by Nephos while it installs packages.';

/**
 * Forbids packages to start their services meanwhile: a libvirt daemon that we do not look after would get in the
 * way, and without an init system the attempt may fail the installation. A policy that is there already is left: it
 * is somebody's decision. Ours loses its force with this process, should it not get around to removing it.
 */
async function withServicesOff(policyFile: string, action: () => Promise<void>): Promise<void> {
  const isSomebodys = existsSync(policyFile) && !readFileSync(policyFile, 'utf8').includes(marker);
  if (isSomebodys) return action();
  const policy = `#!/bin/sh\n${marker}\nkill -0 ${process.pid} 2>/dev/null && exit 101\nexit 0\n`;
  await writeFile(policyFile, policy, { mode: 0o755 });
  try {
    await action();
  } finally {
    await rm(policyFile, { force: true });
  }
}
