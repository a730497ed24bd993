import type { Database } from '@nephos/model/database.ts';
import type { AccountState, ProjectState } from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';
import { changeableScopeOf } from '../../identity/access/visibility.ts';
import type { Actor } from '../../platform/actor.ts';

/** What a machine's owner, and what hangs on it, say about what may be done to it. */
export interface OwnerFacts {
  /** Whether the viewer may change what that owner has. */
  isChangeable: boolean;
  accountState: AccountState;
  /** State of the project that owns it; `null` when an account of people does. */
  projectState: ProjectState | null;
  hasSnapshots: boolean;
  hasMemorySnapshots: boolean;
  /** Whether one of its snapshots is being taken, gone back to or deleted. */
  isSnapshotWorkedOn: boolean;
}

/** The facts of each of some machines that an actor sees, in one statement. */
export function ownersOf(actor: Actor) {
  return async (db: Database, machineIds: readonly string[]): Promise<Map<string, OwnerFacts>> => {
    const { rows } = await sql<OwnerFacts & { id: string }>`
      select m."id", ${changeableScopeOf(actor, 'VirtualMachine')} as "isChangeable",
        (select a."state" from "Account" a where a."id" = m."accountId") as "accountState",
        (select p."state" from "Project" p where p."accountId" = m."accountId") as "projectState",
        s.*
      from "VirtualMachine" m cross join lateral (
        select count(*) > 0 as "hasSnapshots",
          coalesce(bool_or(s."withMemory"), false) as "hasMemorySnapshots",
          coalesce(bool_or(s."state" not in ('READY', 'ERROR')), false) as "isSnapshotWorkedOn"
        from "VirtualMachineSnapshot" s where s."virtualMachineId" = m."id") as s
      where m."id" = any(${machineIds}::text[])`.execute(db);
    return new Map(rows.map(({ id, ...facts }) => [id, facts]));
  };
}
