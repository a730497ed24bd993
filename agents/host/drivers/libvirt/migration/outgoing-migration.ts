import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandPayload, CommandResult } from '@nephos/agent-protocol/commands.ts';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import { readLine } from '@nephos/agent-runtime/peer/read-line.ts';
import type { Libvirt } from '@nephos/node-libvirt/connection.ts';
import { getDomainState, getDomainXml, resumeDomain } from '@nephos/node-libvirt/domain.ts';
import { hasErrorCode } from '@nephos/node-libvirt/errors.ts';
import {
  abortJob,
  getJobStatistics,
  migrateDomain,
  setMaximumDowntime,
  type Migration,
} from '@nephos/node-libvirt/migration.ts';
import { getHostname } from '@nephos/node-libvirt/node.ts';
import type { DomainRef } from '@nephos/node-libvirt/references.ts';
import type { JobStatistics } from '@nephos/node-libvirt/results.ts';
import type { Logger } from 'pino';
import type { MigrationRoute } from '../../../migration/live-migration.ts';
import { transferProgress } from '../../../migration/transfer-progress.ts';
import { explained, refTo } from '../domain-reference.ts';
import { CarriedSocket } from './carried-socket.ts';
import { channels, longestOffer, parseOffer, type Offer } from './channels.ts';
import { SocketPlaces } from './socket-places.ts';
import { travellingXml, virtTypeOf } from './travelling-xml.ts';

type Payload = CommandPayload<'machine.migrate'>;
type Result = CommandResult<'machine.migrate'>;

export interface OutgoingOptions {
  libvirtSocket: string;
  /** A connection of its own: a migration is one long call, and a connection takes few at a time. */
  connect(): Promise<Libvirt>;
  log: Logger;
}

const lookAgainMs = 500;
const offerTimeoutMs = 15_000;
/** libvirt gives a failed migration up within seconds of the other end's silence. */
const settleMs = 60_000;

const root = { uid: 0, gid: 0 };

/** Sends a running machine to the host at the other end of the route. */
export async function sendMachine(
  payload: Payload,
  route: MigrationRoute,
  { signal, progress }: CommandContext,
  options: OutgoingOptions,
): Promise<Result> {
  await using libvirt = await options.connect();
  const domain = refTo(payload.machineId);
  await assertRunning(libvirt, domain, payload);
  const offer = await askOffer(route);
  const { definition, kept } = await definitionsFor(libvirt, domain, offer);
  const places = new SocketPlaces(options.libvirtSocket, payload.machineId);
  const user = await places.make(libvirt);
  const { control, memory } = places.sockets;
  const onFailure = (error: unknown) =>
    options.log.warn({ err: error, machineId: payload.machineId }, 'no way to the other host');
  try {
    await using _control = await CarriedSocket.open(
      control.here,
      root,
      () => route.open(channels.control),
      onFailure,
    );
    await using _memory = await CarriedSocket.open(
      memory.here,
      user,
      () => route.open(channels.memory),
      onFailure,
    );
    return await perform(libvirt, domain, {
      migration: {
        destinationUri: `qemu+unix:///system?socket=${control.there}`,
        migrationUri: `unix://${memory.there}`,
        destinationXml: definition,
        persistentXml: kept,
        flags: [
          'LIVE',
          'PERSIST_DEST',
          'UNDEFINE_SOURCE',
          'ABORT_ON_ERROR',
          // That the disks are in shared storage is known to the server; libvirt would go by the file system's name.
          'UNSAFE',
          ...(payload.isForced ? (['AUTO_CONVERGE'] as const) : []),
        ],
      },
      allowedDowntimeMs: payload.allowedDowntimeMs,
      signal,
      progress,
    });
  } catch (error) {
    // The carried sockets are closed by now, so whatever libvirt still does it does alone.
    const outcome = await concludeMigration(libvirt, payload, route);
    if (outcome !== null) return outcome;
    throw signal.aborted ? signal.reason : explained(error);
  } finally {
    await places.remove();
  }
}

/**
 * Waits until no migration of the machine is under way, giving up one that is, and finds out where it runs. One that
 * stands still here because libvirt did not hear how it ended goes on, unless it runs on the other host.
 * @returns `null` when it runs here
 * @throws CommandFailure PEER_UNREACHABLE when it stands still here and the other host cannot be asked
 */
export async function concludeMigration(
  libvirt: Libvirt,
  { machineId }: Payload,
  route: MigrationRoute,
): Promise<Result | null> {
  const domain = refTo(machineId);
  try {
    await endJob(libvirt, domain);
    const { state, reason } = await getDomainState(libvirt, domain);
    if (state === 'SHUTOFF') return reason === 'MIGRATED' ? { downtimeMs: null } : null;
    // One that a person made to stand still has ended no migration.
    if (state !== 'PAUSED' || reason === 'USER') return null;
  } catch (error) {
    if (hasErrorCode(error, 'NO_DOMAIN')) return { downtimeMs: null };
    throw explained(error);
  }
  const there = await route.powerThere();
  if (there === 'ON' || there === 'PAUSED') return { downtimeMs: null };
  await resumeDomain(libvirt, domain).catch((error: unknown) => {
    throw explained(error);
  });
  return null;
}

async function endJob(libvirt: Libvirt, domain: DomainRef): Promise<void> {
  for (const deadline = performance.now() + settleMs; ;) {
    const { type } = await getJobStatistics(libvirt, domain);
    if (type === 'NONE') return;
    if (performance.now() > deadline)
      throw new CommandFailure('TIMEOUT', 'libvirt does not end the migration of the machine');
    await abortJob(libvirt, domain).catch(() => undefined);
    await sleep(lookAgainMs);
  }
}

async function assertRunning(libvirt: Libvirt, domain: DomainRef, { machineId }: Payload): Promise<void> {
  const found = await getDomainState(libvirt, domain).catch((error: unknown) => {
    if (hasErrorCode(error, 'NO_DOMAIN')) return undefined;
    throw explained(error);
  });
  if (found?.state !== 'RUNNING')
    throw new CommandFailure('NOT_FOUND', `machine ${machineId} does not run here`);
}

async function askOffer(route: MigrationRoute): Promise<Offer> {
  const stream = await route.open(channels.offer);
  try {
    return parseOffer(await readLine(stream, { limit: longestOffer, timeoutMs: offerTimeoutMs }));
  } catch (error) {
    throw new CommandFailure(
      'PEER_UNREACHABLE',
      `the other host said nothing of use: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  } finally {
    stream.destroy();
  }
}

/** The machine's definition as it runs and as it is kept, both for the other host. */
async function definitionsFor(libvirt: Libvirt, domain: DomainRef, offer: Offer) {
  const [running, kept] = await Promise.all([
    getDomainXml(libvirt, domain, ['MIGRATABLE', 'SECURE']),
    getDomainXml(libvirt, domain, ['INACTIVE', 'MIGRATABLE', 'SECURE']),
  ]).catch((error: unknown) => {
    throw explained(error);
  });
  const [here, there] = [running, offer.definition].map(virtTypeOf);
  if (here !== there) {
    throw new CommandFailure(
      'UNSUPPORTED',
      `a running machine cannot change from ${here} to ${there}: processors run guests on one of the hosts, and QEMU translates them on the other`,
      { details: { here, there } },
    );
  }
  return {
    definition: travellingXml(running, offer.definition),
    kept: travellingXml(kept, offer.definition),
  };
}

interface Performance {
  migration: Migration;
  allowedDowntimeMs: number;
  signal: AbortSignal;
  progress: CommandContext['progress'];
}

async function perform(
  libvirt: Libvirt,
  domain: DomainRef,
  { migration, allowedDowntimeMs, signal, progress }: Performance,
): Promise<Result> {
  let downtimeMs: number | null = null;
  await using _ = await libvirt.subscribe(['JOB_COMPLETED'], (event) => {
    if (event.domain.uuid !== domain.uuid) return;
    const { downtime } = event.values;
    if (typeof downtime === 'bigint') downtimeMs = Number(downtime);
  });
  await setMaximumDowntime(libvirt, domain, BigInt(allowedDowntimeMs));
  signal.throwIfAborted();
  const over = new AbortController();
  const watching = watch(libvirt, domain, { signal, progress, over: over.signal });
  try {
    await migrateDomain(libvirt, domain, migration);
    // The event may come after the answer, but not after that to a later question.
    await getHostname(libvirt).catch(() => undefined);
    return { downtimeMs };
  } finally {
    over.abort();
    await watching;
  }
}

/** Reports how far it is until it is over, and gives it up when the command is aborted. */
async function watch(
  libvirt: Libvirt,
  domain: DomainRef,
  { signal, progress, over }: Pick<Performance, 'signal' | 'progress'> & { over: AbortSignal },
): Promise<void> {
  while (!over.aborted) {
    try {
      // Before there is a job libvirt has nothing to give up: tried again until it has.
      if (signal.aborted) await abortJob(libvirt, domain);
      const statistics = await getJobStatistics(libvirt, domain);
      if (statistics.type !== 'NONE') report(statistics, progress);
    } catch {
      // It is just beginning or ending; the call that performs it says how.
    }
    const wait = signal.aborted ? AbortSignal.any([over]) : AbortSignal.any([over, signal]);
    await sleep(lookAgainMs, undefined, { signal: wait }).catch(() => undefined);
  }
}

function report({ values }: JobStatistics, progress: CommandContext['progress']): void {
  const bytes = (name: string) => (typeof values[name] === 'bigint' ? Number(values[name]) : null);
  const totalBytes = bytes('data_total') ?? 0;
  if (totalBytes === 0) return;
  const { percent, detail } = transferProgress({
    totalBytes,
    remainingBytes: bytes('data_remaining') ?? totalBytes,
    bytesPerSecond: bytes('memory_bps'),
  });
  progress(percent, detail);
}
