import type { Database, Transaction } from '@nephos/model/database.ts';
import type { VirtualMachineState } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import type { AgentDispatcher } from '../../agent-gateway/agent-dispatcher.ts';
import { appendUsage } from '../../billing/usage-events.ts';
import type { Platform } from '../../platform/platform.ts';
import { Reconciler } from '../../platform/reconciler.ts';
import { releaseHost } from '../placement/placement.ts';
import { leaveHost } from './leave-host.ts';
import { endAtSource, endAtTarget, releaseTarget, type Migration } from './migration-end.ts';
import { usageOfNew } from './sagas/deploy.ts';
import { move, type MachineRow } from './store.ts';
import { machineUsage } from './usage.ts';
import { askOf, whereaboutsOf, type Answer } from './whereabouts.ts';

/** States that a job takes a machine out of. */
const betweenStates = [
  'STARTING',
  'STOPPING',
  'MIGRATING',
  'RESTORING',
  'EXPUNGING',
  'RELEASING',
] as const satisfies VirtualMachineState[];

const batch = 100;

const isWorkedOn = sql<boolean>`exists (select 1 from "Job" j where j."lane" = "VirtualMachine"."id"
  and j."status" in ('QUEUED', 'RUNNING', 'CANCELLING', 'STUCK'))`;

/** What the hosts that know of it say. */
interface Seen {
  source: Answer;
  target: Answer;
}

/** Puts a machine into the state that is true. @returns whether it could be told */
type Settle = (tx: Transaction, machine: MachineRow, seen: Seen, at: Date) => Promise<boolean>;

const isThere = (power: Answer) => power === 'ON' || power === 'PAUSED';
const isGone = (power: Answer) => power === 'OFF' || power === 'ABSENT';

const settle: Record<(typeof betweenStates)[number], Settle> = {
  STARTING: async (tx, machine, { source }, at) => {
    if (isThere(source)) {
      const started = await move(tx, machine.id, 'started', { observedPower: null });
      await appendUsage(tx, [
        ...(await usageOfNewOne(tx, started, at)),
        machineUsage('VM_START', started, at),
      ]);
      return true;
    }
    if (machine.hostId !== null && !isGone(source)) return false;
    await appendUsage(tx, await usageOfNewOne(tx, machine, at));
    if (machine.hostId !== null) await releaseHost(tx, machine.hostId, machine);
    await move(tx, machine.id, 'startFailed', {
      ...{ hostId: null, desiredPower: 'OFF', observedPower: 'OFF' },
      // A machine that was on a host is metered until it is expunged.
      ...(machine.hostId !== null && { lastHostId: machine.hostId }),
    });
    return true;
  },
  STOPPING: async (tx, machine, { source }, at) => {
    // Off it was before: somebody destroyed it.
    if (machine.hostId === null) await move(tx, machine.id, 'destroyed', { destroyedAt: at });
    else if (isThere(source)) await move(tx, machine.id, 'stopFailed', { desiredPower: 'ON' });
    else if (isGone(source)) await leaveHost(tx, machine.id, 'stopped', at);
    else return false;
    return true;
  },
  MIGRATING: async (tx, machine, { source, target }) => {
    const migration = migrationOf(machine);
    const where = whereaboutsOf(source, target);
    if (where === 'UNCLEAR') return false;
    if (where === 'TARGET' && migration !== null) {
      await endAtTarget(tx, migration);
      return true;
    }
    if (migration !== null) await releaseTarget(tx, migration);
    await endAtSource(tx, machine.id);
    return true;
  },
  RESTORING: async (tx, machine, { source }, at) => {
    if (machine.hostId === null) await move(tx, machine.id, 'reinstallFailed');
    else if (isThere(source)) await move(tx, machine.id, 'restarted', { observedPower: null });
    else if (isGone(source)) await leaveHost(tx, machine.id, 'reinstallFailed', at);
    else return false;
    return true;
  },
  RELEASING: async (tx, machine, { source }, at) => {
    if (machine.hostId === null) await move(tx, machine.id, 'unmanageFailed');
    else if (isThere(source)) await move(tx, machine.id, 'keptRunning');
    else if (isGone(source)) await leaveHost(tx, machine.id, 'unmanageFailed', at);
    else return false;
    return true;
  },
  EXPUNGING: async (tx, machine, _seen, at) => {
    await move(tx, machine.id, 'expungeFailed', { destroyedAt: machine.destroyedAt ?? at });
    return true;
  },
};

/** A machine whose making was cut off is counted from now on: it is there, whatever its disks hold. */
async function usageOfNewOne(tx: Transaction, machine: MachineRow, at: Date) {
  const unmade = await tx
    .selectFrom('Volume')
    .select('id')
    .where('virtualMachineId', '=', machine.id)
    .where('state', '=', 'CREATING')
    .executeTakeFirst();
  return unmade === undefined ? [] : usageOfNew(tx, machine, at);
}

function migrationOf({ id, hostId, targetHostId, cpuMhz, memoryBytes }: MachineRow): Migration | null {
  if (hostId === null || targetHostId === null) return null;
  return { machineId: id, sourceHostId: hostId, targetHostId, cpuMhz, memoryBytes };
}

/**
 * Looks for machines between two states that no job works on: after the restore of an old database, or through a
 * mistake of ours. Their hosts are asked, and what they say is written down.
 */
export function createStuckMachines(platform: Platform, agents: AgentDispatcher): Reconciler {
  const { db, clock, log } = platform;
  return new Reconciler({
    name: 'stuck-machines',
    everySeconds: () => 10,
    look: async () => {
      const stuck = await db
        .selectFrom('VirtualMachine')
        .selectAll()
        .where('state', 'in', betweenStates)
        .where((row) => row.not(isWorkedOn))
        .limit(batch)
        .execute();
      for (const machine of stuck) {
        const seen = await look({ db, agents }, machine);
        const state = await settleStuck(db, machine, seen, clock.now());
        const facts = { machineId: machine.id, name: machine.name, from: machine.state, ...seen };
        if (state === null)
          log.warn(facts, 'nothing works on a machine, and nobody knows what has become of it');
        else log.error({ ...facts, to: state }, 'nothing worked on a machine; its hosts told what it is');
      }
    },
    log,
  });
}

async function look(
  options: { db: Database; agents: AgentDispatcher },
  { id, hostId, targetHostId }: MachineRow,
): Promise<Seen> {
  const ask = async (asked: Id<'Host'> | null): Promise<Answer> => {
    if (asked === null) return 'ABSENT';
    const host = await options.db
      .selectFrom('Host')
      .select(['id as hostId', 'agentId'])
      .where('id', '=', asked)
      .executeTakeFirst();
    return host === undefined ? 'GIVEN_UP' : askOf(options, host, id);
  };
  return { source: await ask(hostId), target: await ask(targetHostId) };
}

/** @returns the state it is in now; `null` when that cannot be told, or somebody did something to it meanwhile */
function settleStuck(db: Database, seen: MachineRow, answers: Seen, at: Date): Promise<string | null> {
  return db.transaction().execute(async (tx) => {
    const machine = await tx
      .selectFrom('VirtualMachine')
      .selectAll()
      .where('id', '=', seen.id)
      .where('version', '=', seen.version)
      .where((row) => row.not(isWorkedOn))
      .forUpdate()
      .executeTakeFirst();
    const state = betweenStates.find((each) => each === machine?.state);
    if (machine === undefined || state === undefined) return null;
    if (!(await settle[state](tx, machine, answers, at))) return null;
    const after = await tx
      .selectFrom('VirtualMachine')
      .select('state')
      .where('id', '=', machine.id)
      .executeTakeFirst();
    return after?.state ?? null;
  });
}
