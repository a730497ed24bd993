import { hostUsageBetween, machineUsageBetween } from '@nephos/agent-protocol/rates.ts';
import type { MachineCounters } from '@nephos/agent-protocol/machine.ts';
import type { HostCounters } from '@nephos/agent-protocol/statistics.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentDispatcher } from '../agent-gateway/agent-dispatcher.ts';
import { PlatformError } from '../platform/errors.ts';
import type { Platform } from '../platform/platform.ts';
import { hostMeasured, machineMeasured, type Point } from './measures.ts';

/** Counters read now, and when by the clock of their agent. */
interface Reading<Counters> {
  readAtMilliseconds: number;
  counters: Counters;
}

/** A machine's counters at a moment, and what it did since the moment before. */
export interface LiveSample {
  at: Date;
  counters: MachineCounters;
  /** `null` for the first, and after the agent was started anew. */
  point: Point<'VirtualMachine'> | null;
}

export interface LiveDeps {
  platform: Pick<Platform, 'db' | 'clock'>;
  agents: AgentDispatcher;
}

/** Reads again and again. What could not be read leaves a gap, and the stream goes on. */
async function* repeat<Counters>(
  read: () => Promise<Reading<Counters> | undefined>,
  intervalSeconds: number,
  signal: AbortSignal,
): AsyncGenerator<{ before: Reading<Counters> | undefined; now: Reading<Counters> }, void, undefined> {
  let before: Reading<Counters> | undefined;
  while (!signal.aborted) {
    const now = await read().catch((error: unknown) => {
      if (error instanceof PlatformError) return undefined;
      throw error;
    });
    if (now !== undefined) {
      yield { before, now };
      before = now;
    }
    await sleep(intervalSeconds * 1000, undefined, { signal }).catch(() => undefined);
  }
}

function secondsBetween(before: Reading<unknown> | undefined, now: Reading<unknown>): number {
  return before === undefined ? 0 : (now.readAtMilliseconds - before.readAtMilliseconds) / 1000;
}

/** A machine, read from its host for as long as somebody looks. While it is off nothing comes. */
export async function* followMachine(
  { platform, agents }: LiveDeps,
  machineId: Id<'VirtualMachine'>,
  intervalSeconds: number,
  signal: AbortSignal,
): AsyncGenerator<LiveSample, void, undefined> {
  const { db, clock } = platform;
  let cpuCount = 1;
  const read = async (): Promise<Reading<MachineCounters> | undefined> => {
    const machine = await db
      .selectFrom('VirtualMachine')
      .innerJoin('Host', 'Host.id', 'VirtualMachine.hostId')
      .select(['agentId', 'cpuCount'])
      .where('VirtualMachine.id', '=', machineId)
      .executeTakeFirst();
    if (machine === undefined) return undefined;
    ({ cpuCount } = machine);
    const { readAtMilliseconds, counters } = await agents.ask(machine.agentId, 'statistics.read', {
      machineIds: [machineId],
    });
    return counters[0] && { readAtMilliseconds, counters: counters[0] };
  };
  for await (const { before, now } of repeat(read, intervalSeconds, signal)) {
    const at = clock.now();
    const usage = machineUsageBetween(before?.counters, now.counters, secondsBetween(before, now));
    const point = usage.cpu === null ? null : { at, ...machineMeasured(usage, cpuCount) };
    yield { at, counters: now.counters, point };
  }
}

/** A host, read for as long as somebody looks. */
export async function* followHost(
  { platform, agents }: LiveDeps,
  agentId: Id<'Agent'>,
  intervalSeconds: number,
  signal: AbortSignal,
): AsyncGenerator<Point<'Host'>, void, undefined> {
  const read = (): Promise<Reading<HostCounters>> => agents.ask(agentId, 'statistics.readHost', {});
  for await (const { before, now } of repeat(read, intervalSeconds, signal)) {
    const usage = hostUsageBetween(before?.counters, now.counters, secondsBetween(before, now));
    yield { at: platform.clock.now(), ...hostMeasured(usage) };
  }
}
