import type { Database } from '@nephos/model/database.ts';
import type { VirtualMachineState } from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';
import { changeableScopeOf } from '../../identity/access/visibility.ts';
import type { Actor } from '../../platform/actor.ts';

/** What a snapshot's machine and owner say about what may be done to it. */
export interface SnapshotFacts {
  /** Whether the viewer may change what that owner has. */
  isChangeable: boolean;
  machineState: VirtualMachineState;
}

/** The facts of each of some snapshots that an actor sees, in one statement. */
export function snapshotFactsFor(actor: Actor) {
  return async (db: Database, ids: readonly string[]): Promise<Map<string, SnapshotFacts>> => {
    const { rows } = await sql<SnapshotFacts & { id: string }>`
      select m."id", ${changeableScopeOf(actor, 'VirtualMachineSnapshot')} as "isChangeable",
        (select v."state" from "VirtualMachine" v where v."id" = m."virtualMachineId") as "machineState"
      from "VirtualMachineSnapshot" m where m."id" = any(${ids}::text[])`.execute(db);
    return new Map(rows.map(({ id, ...facts }) => [id, facts]));
  };
}
