import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Libvirt } from '../../agents/node-libvirt/connection.ts';
import { destroyDomain, listDomains } from '../../agents/node-libvirt/domain.ts';
import { hasErrorCode } from '../../agents/node-libvirt/errors.ts';
import { destroyNetwork, listNetworks } from '../../agents/node-libvirt/network.ts';
import { maxClientRequests, writeConfiguration } from './libvirt-configuration.ts';
import { endDaemon, findDaemon, type LibvirtAddress, startDaemon, tryOpen } from './libvirt-daemon.ts';
import { removeUnfinishedFilters } from './libvirt-filters.ts';
import {
  deleteNetworkNamespace,
  ensureNetworkNamespace,
  namespaceFile,
  processesIn,
} from './libvirt-namespace.ts';
import { type PrivatePlace, preparePlace } from './libvirt-place.ts';
import { probeQemu } from './libvirt-probing.ts';
import type { QemuUser } from './libvirt-qemu-user.ts';

const dyingMs = 1000;
const systemSockets = ['/run/libvirt/libvirt-sock', '/run/libvirt/virtqemud-sock'];

/** The host's own libvirt, if one answers for QEMU and lets this user in; null otherwise. */
export async function findLibvirt(): Promise<LibvirtAddress | null> {
  const uri = 'qemu:///system';
  for (const socketPath of systemSockets) {
    if (existsSync(socketPath) && (await tryOpen({ socketPath, uri }, 3000)) === undefined)
      return { socketPath, uri };
  }
  return null;
}

/** A libvirt daemon of our own. */
export interface PrivateLibvirt extends LibvirtAddress {
  /** Calls that one connection may have in flight; the daemon is set to take one more. */
  readonly maxInFlight: number;
  /**
   * Name of the network namespace that its bridges, taps and VNC ports are in (`ip netns exec <name> ...`), or null
   * where none could be made: then it is a `qemu:///session` without networks.
   */
  readonly networkNamespace: string | null;
  /** Who its machines run as, and why. */
  readonly qemuUser: QemuUser;
  /** What is /var/lib/libvirt for the daemon and its machines. */
  readonly stateFolder: string;
  readonly pid: number;
  /** Whether it was running already, started by an earlier launcher. */
  readonly isAdopted: boolean;
  /** Whether the daemon is alive now; its machines do not need it to be. */
  isRunning(): boolean;
  /**
   * Ends the daemon. With 'keep' its machines and networks run on, and the next start from the same folder finds
   * them; with 'destroy' they end, and nothing is left but the folder with its definitions.
   */
  stop(options: { domains: 'keep' | 'destroy' }): Promise<void>;
}

/**
 * Runs a libvirt daemon whose configuration and state are in `folder`, apart from the host's own libvirt and from
 * those of other folders. It, and what it runs, outlives this process whatever happens to it; starting again from
 * the same folder takes over what is there: a daemon that still runs, or the machines of one that died.
 *
 * Rejects with LibvirtStartError when the daemon does not answer within `timeoutMs` (default 10,000), and twice that
 * for each machine that it takes over. Two processes must not start the same folder at the same time.
 */
export async function startPrivateLibvirt(options: {
  folder: string;
  timeoutMs?: number;
  /** Told what is waited for. */
  say?: (line: string) => void;
}): Promise<PrivateLibvirt> {
  const { timeoutMs = 10_000, say } = options;
  const place = await preparePlace(options.folder);
  const hasChanged = await writeConfiguration(place.configurationFolder, place.hostUuid, place.qemuUser);
  const adopted = await adoptDaemon(place, hasChanged);
  const pid = adopted ?? (await startIn(place, timeoutMs, say));
  return {
    socketPath: place.socketPath,
    uri: place.uri,
    maxInFlight: maxClientRequests - 1,
    networkNamespace: place.networkNamespace,
    qemuUser: place.qemuUser,
    stateFolder: place.stateFolder,
    pid,
    isAdopted: adopted !== undefined,
    isRunning: () => daemonIn(place) !== undefined,
    stop: ({ domains }) => (domains === 'keep' ? endDaemonIn(place) : destroyAll(place, timeoutMs)),
  };
}

/** A daemon that an earlier launcher has left, unless it is of no use; then it is ended. */
async function adoptDaemon(place: PrivatePlace, hasChanged: boolean): Promise<number | undefined> {
  const pid = daemonIn(place);
  if (pid === undefined) return undefined;
  if (!hasChanged && (await tryOpen(place, 3000)) === undefined) return pid;
  await endDaemon(pid);
  return undefined;
}

async function startIn(
  place: PrivatePlace,
  timeoutMs: number,
  say: (line: string) => void = () => undefined,
): Promise<number> {
  const { networkNamespace } = place;
  let machines = 0;
  if (networkNamespace !== null) {
    await ensureNetworkNamespace(networkNamespace);
    machines = (await processesIn(networkNamespace, /^qemu-system/)).length;
  }
  if (networkNamespace !== null && machines > 0) {
    // The daemon answers once all filters are up again: a hundred commands for each network card.
    say(`libvirtd takes over what runs (${machines}), and puts its network filters up again`);
    await removeUnfinishedFilters(networkNamespace);
  }
  // Whoever tidies up /run may have been here since the folder was made.
  await mkdir(place.runFolder, { recursive: true });
  try {
    const pid = await startDaemon(place, timeoutMs * (1 + 2 * machines));
    await probeQemu(place, place.qemuFolder(pid));
    return pid;
  } catch (error) {
    if (networkNamespace !== null && (await becomesUnused(networkNamespace))) await remove(place);
    throw error;
  }
}

/** A daemon that was killed is in its namespace for as long as it takes to die. */
async function becomesUnused(networkNamespace: string): Promise<boolean> {
  for (const deadline = performance.now() + dyingMs; ;) {
    if ((await processesIn(networkNamespace)).length === 0) return true;
    if (performance.now() > deadline) return false;
    await sleep(50);
  }
}

function daemonIn(place: PrivatePlace): number | undefined {
  const { networkNamespace } = place;
  return findDaemon(place.pidFile, networkNamespace === null ? undefined : namespaceFile(networkNamespace));
}

async function endDaemonIn(place: PrivatePlace): Promise<void> {
  const pid = daemonIn(place);
  if (pid !== undefined) await endDaemon(pid);
}

async function destroyAll(place: PrivatePlace, timeoutMs: number): Promise<void> {
  // Stopped before.
  if (!existsSync(place.runFolder)) return;
  // Only a daemon knows which QEMUs are its own, and puts the owners of their images back.
  if ((await adoptDaemon(place, false)) === undefined) await startIn(place, timeoutMs);
  await destroyMachines(place);
  await endDaemonIn(place);
  await remove(place);
}

async function remove(place: PrivatePlace): Promise<void> {
  if (place.networkNamespace !== null) await deleteNetworkNamespace(place.networkNamespace);
  await rm(place.runFolder, { recursive: true, force: true });
}

async function destroyMachines({ socketPath, uri, networkNamespace }: PrivatePlace): Promise<void> {
  await using libvirt = await Libvirt.open({ socketPath, uri });
  const ignoreGone = (error: unknown) => {
    if (!hasErrorCode(error, 'NO_DOMAIN', 'NO_NETWORK', 'OPERATION_INVALID')) throw error;
  };
  const domains = await listDomains(libvirt, ['ACTIVE']);
  await Promise.all(domains.map((domain) => destroyDomain(libvirt, domain).catch(ignoreGone)));
  if (networkNamespace === null) return;
  const networks = await listNetworks(libvirt, ['ACTIVE']);
  await Promise.all(networks.map((network) => destroyNetwork(libvirt, network).catch(ignoreGone)));
}
