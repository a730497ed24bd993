import type { Database, Row, RowChange, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { notFound, PlatformError } from '../../platform/errors.ts';
import { adminStatesThatAccept, nextAdminState, type HostAdminEvent } from './host-state.ts';

export type HostRow = Row<'Host'>;

function stateAfter(event: HostAdminEvent) {
  const moves = adminStatesThatAccept(event).map(
    (state) => sql`when ${state} then ${nextAdminState(state, event)}`,
  );
  return sql<
    HostRow['adminState']
  >`(case "adminState"::text ${sql.join(moves, sql` `)} end)::"HostAdminState"`;
}

/**
 * Moves a host to what administrators now want of it, in one compare-and-set. Why it could not be emptied is
 * forgotten, unless `change` says it anew.
 * @returns `undefined` when the host is gone or in a state that does not accept the event
 */
export function tryMoveHost(
  db: Database | Transaction,
  id: Id<'Host'>,
  event: HostAdminEvent,
  change: RowChange<'Host'> = {},
): Promise<HostRow | undefined> {
  return db
    .updateTable('Host')
    .set({ adminStateReason: null, ...change, adminState: stateAfter(event) })
    .where('id', '=', id)
    .where('adminState', 'in', adminStatesThatAccept(event))
    .returningAll()
    .executeTakeFirst();
}

/** Like {@link tryMoveHost}. @throws PlatformError INVALID_STATE with the state it is in, NOT_FOUND */
export async function moveHost(
  db: Database | Transaction,
  id: Id<'Host'>,
  event: HostAdminEvent,
  change: RowChange<'Host'> = {},
): Promise<HostRow> {
  const moved = await tryMoveHost(db, id, event, change);
  if (moved !== undefined) return moved;
  const host = await db.selectFrom('Host').selectAll().where('id', '=', id).executeTakeFirst();
  if (host === undefined) throw notFound('host', id);
  throw wrongState(host, event);
}

/** What an event is called in a message. */
const verbs: Partial<Record<HostAdminEvent, string>> = {
  prepareForMaintenance: 'be emptied',
  cancelMaintenance: 'come back from maintenance',
  delete: 'be deleted',
  enable: 'be enabled',
  disable: 'be disabled',
};

export function wrongState({ id, name, adminState }: HostRow, event: HostAdminEvent): PlatformError {
  const accepts = adminStatesThatAccept(event);
  return new PlatformError(
    'INVALID_STATE',
    `host ${name} is ${adminState}; to ${verbs[event] ?? event} it must be ${accepts.join(' or ')}`,
    { details: { id, state: adminState, accepts } },
  );
}
