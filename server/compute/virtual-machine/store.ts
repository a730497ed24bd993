import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Tables } from '@nephos/model/generated/tables.ts';
import { sql, type UpdateObject } from 'kysely';
import { notFound, PlatformError } from '../../platform/errors.ts';
import { nextState, statesThatAccept, type VirtualMachineEvent } from './state-machine.ts';

export type MachineRow = Row<'VirtualMachine'>;

/** Columns to be changed together with the state. */
type Change = Omit<UpdateObject<Tables, 'VirtualMachine'>, 'state'>;

/** The state after an event, whatever accepted state the row is in by the time the statement gets to it. */
function stateAfter(event: VirtualMachineEvent) {
  const moves = statesThatAccept(event).map((state) => sql`when ${state} then ${nextState(state, event)}`);
  return sql<MachineRow['state']>`(case "state"::text ${sql.join(moves, sql` `)} end)::"VirtualMachineState"`;
}

/**
 * Moves a machine to its next state, together with other columns, in one compare-and-set.
 * @returns `undefined` when the machine is gone or in a state that does not accept the event
 */
export function tryMove(
  db: Database | Transaction,
  id: Id<'VirtualMachine'>,
  event: VirtualMachineEvent,
  change: Change = {},
): Promise<MachineRow | undefined> {
  return db
    .updateTable('VirtualMachine')
    .set({ ...change, state: stateAfter(event) })
    .where('id', '=', id)
    .where('state', 'in', statesThatAccept(event))
    .returningAll()
    .executeTakeFirst();
}

/**
 * Like {@link tryMove}.
 * @throws PlatformError INVALID_STATE with the state it is in, NOT_FOUND
 */
export async function move(
  db: Database | Transaction,
  id: Id<'VirtualMachine'>,
  event: VirtualMachineEvent,
  change: Change = {},
): Promise<MachineRow> {
  const moved = await tryMove(db, id, event, change);
  if (moved !== undefined) return moved;
  throw invalidState(await getMachine(db, id), event);
}

/** For the platform itself, which needs no permission. @throws PlatformError NOT_FOUND */
export async function getMachine(db: Database | Transaction, id: Id<'VirtualMachine'>): Promise<MachineRow> {
  const machine = await db.selectFrom('VirtualMachine').selectAll().where('id', '=', id).executeTakeFirst();
  if (machine === undefined) throw notFound('virtual machine', id);
  return machine;
}

/** What an event is called in a message. */
const verbs: Partial<Record<VirtualMachineEvent, string>> = {
  setIso: 'have its ISO changed',
  changeAffinity: 'have its affinity groups changed',
  assign: 'be given to another account',
  createTemplate: 'be made a template',
  openConsole: 'show its screen',
  createSnapshot: 'have a snapshot taken',
  revert: 'go back to a snapshot',
  deleteSnapshot: 'have a snapshot deleted',
  resetPassword: 'be given a password',
  changeNics: 'have its network cards changed',
  resetKeys: 'be given SSH keys',
};

export function invalidState(machine: MachineRow, event: VirtualMachineEvent): PlatformError {
  const wanted = statesThatAccept(event).join(' or ');
  return new PlatformError(
    'INVALID_STATE',
    `${machine.name} is ${machine.state}; to ${verbs[event] ?? event} it must be ${wanted}`,
    {
      details: { id: machine.id, state: machine.state, accepts: statesThatAccept(event) },
    },
  );
}
