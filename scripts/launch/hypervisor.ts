import { existsSync } from 'node:fs';
import path from 'node:path';
import { setInterval } from 'node:timers/promises';
import { findLibvirt, type PrivateLibvirt, startPrivateLibvirt } from './libvirt.ts';
import { canInstall, installCommand, missingPackages } from './system-packages.ts';
import { installPackages } from './system-packages-install.ts';

/** Between two looks at our own libvirt. */
const watchMs = 1000;

/** Libvirt was asked for and cannot be had. */
export class LibvirtUnavailable extends Error {
  override name = 'LibvirtUnavailable';
}

/** What the host agent is to drive, and how it came to that. */
export type Hypervisor = { reason: string } & (
  | { driver: 'simulator' }
  | {
      driver: 'libvirt';
      socketPath: string;
      networkNamespace: string | null;
      /** Ends the daemon if it is ours; its machines run on, or not. */
      stop(machines: 'keep' | 'destroy'): Promise<void>;
    }
);

export interface HypervisorOptions {
  wanted: 'auto' | 'libvirt' | 'simulator';
  dataFolder: string;
  /** Whether packages may be installed. */
  mayInstall: boolean;
  say(line: string): void;
}

/**
 * Finds a libvirt to use: the host's own if one answers, otherwise one of our own where it can be run. Without
 * either, the simulator takes its place, unless libvirt was asked for.
 * @throws LibvirtUnavailable
 */
export async function prepareHypervisor(options: HypervisorOptions): Promise<Hypervisor> {
  const { wanted } = options;
  if (wanted === 'simulator') return { driver: 'simulator', reason: 'NEPHOS_DRIVER asks for it' };
  try {
    return await prepareLibvirt(options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (wanted === 'libvirt')
      throw new LibvirtUnavailable(`libvirt was asked for but cannot be had: ${reason}`, { cause: error });
    return { driver: 'simulator', reason };
  }
}

async function prepareLibvirt(options: HypervisorOptions): Promise<Hypervisor> {
  if (process.platform !== 'linux') throw new Error('libvirt runs on Linux only');
  await ensurePackages(options);
  const found = await findLibvirt();
  if (found !== null) {
    return {
      driver: 'libvirt',
      reason: `the host's own libvirt answers on ${found.socketPath}`,
      socketPath: found.socketPath,
      networkNamespace: null,
      stop: () => Promise.resolve(),
    };
  }
  if (!existsSync('/usr/sbin/libvirtd')) throw new Error('libvirt is not installed');
  const folder = path.join(options.dataFolder, 'libvirt');
  const daemon = await startPrivateLibvirt({ folder, say: options.say });
  if (daemon.networkNamespace === null) {
    await daemon.stop({ domains: 'keep' });
    throw new Error('no libvirt answers, and one of our own has no network without root');
  }
  const stopWatching = keepRunning(folder, daemon, options.say);
  const where = `in network namespace ${daemon.networkNamespace}`;
  return {
    driver: 'libvirt',
    reason: `${daemon.isAdopted ? 'found our own libvirt running' : 'started a libvirt of our own'}, ${where}`,
    socketPath: daemon.socketPath,
    networkNamespace: daemon.networkNamespace,
    stop: async (machines) => {
      await stopWatching();
      await daemon.stop({ domains: machines });
    },
  };
}

/** Starts the daemon again whenever it is gone. @returns how to end that */
function keepRunning(folder: string, daemon: PrivateLibvirt, say: (line: string) => void) {
  const stopping = new AbortController();
  const watch = async () => {
    for await (const _tick of setInterval(watchMs, undefined, { signal: stopping.signal })) {
      if (daemon.isRunning()) continue;
      say('libvirtd ended; starting it again (machines run on)');
      await startPrivateLibvirt({ folder, say }).catch((error: unknown) => {
        say(error instanceof Error ? error.message : String(error));
      });
    }
  };
  const watching = watch().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return async () => {
    stopping.abort();
    await watching;
  };
}

async function ensurePackages({ mayInstall, say }: HypervisorOptions): Promise<void> {
  const missing = await missingPackages(['hypervisor']);
  if (missing.length === 0) return;
  if (!mayInstall || !canInstall()) {
    throw new Error(`packages are missing; to install them: ${installCommand(missing)}`);
  }
  say(`installing ${missing.join(' ')} (npm start -- --no-system declines)`);
  await installPackages(missing, { log: () => undefined });
}
