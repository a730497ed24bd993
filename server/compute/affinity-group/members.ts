import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { getGuarded } from '../../identity/access/guarded-loader.ts';
import type { Owner } from '../../identity/access/owner.ts';
import type { Permission } from '../../identity/access/permissions.ts';
import type { Actor } from '../../platform/actor.ts';
import { invalid } from '../../platform/errors.ts';

const mostGroups = 20;
const path = 'input.affinityGroupIds';

/**
 * The groups that a machine is to be in, each once. Unless they are only looked at, they cannot go until the
 * transaction ends.
 * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED for too many, or for a group of another account
 */
export async function affinityGroupsOf(
  { tx, actor, isHeld }: { tx: Transaction; actor: Actor; isHeld: boolean },
  ids: readonly Id<'AffinityGroup'>[] | null | undefined,
  owner: Pick<Owner, 'accountId' | 'name'>,
  permission: Permission,
): Promise<Id<'AffinityGroup'>[]> {
  const wanted = [...new Set(ids)];
  if (wanted.length > mostGroups) throw invalid(path, wanted.length, `must be at most ${mostGroups}`);
  if (isHeld && wanted.length > 0)
    await tx
      .selectFrom('AffinityGroup')
      .select('id')
      .where('id', 'in', wanted)
      .orderBy('id')
      .forKeyShare()
      .execute();
  for (const [index, id] of wanted.entries()) {
    const group = await getGuarded(tx, actor, 'AffinityGroup', id, permission);
    if (group.accountId !== owner.accountId)
      throw invalid(
        `${path}.${index}`,
        id,
        `must be a group of account ${owner.name}, which owns the machine`,
      );
  }
  return wanted;
}

/** Puts a machine into groups that are held. */
export async function insertMembers(
  tx: Transaction,
  virtualMachineId: Id<'VirtualMachine'>,
  groupIds: readonly Id<'AffinityGroup'>[],
): Promise<void> {
  if (groupIds.length === 0) return;
  await tx
    .insertInto('AffinityGroupMember')
    .values(groupIds.map((affinityGroupId) => ({ affinityGroupId, virtualMachineId })))
    .execute();
}

/** Holds the machines of a group before the group itself, as whoever starts one of them does. */
export async function holdMembers(tx: Transaction, groupId: Id<'AffinityGroup'>): Promise<void> {
  await tx
    .selectFrom('VirtualMachine')
    .select('id')
    .where('id', 'in', (select) =>
      select
        .selectFrom('AffinityGroupMember')
        .select('virtualMachineId')
        .where('affinityGroupId', '=', groupId),
    )
    .orderBy('id')
    .forUpdate()
    .execute();
}

/** Machines of each of some groups. */
export async function membersOf(
  db: Database,
  groupIds: readonly string[],
): Promise<Map<string, Id<'VirtualMachine'>[]>> {
  return grouped(await members(db, 'affinityGroupId', groupIds), 'affinityGroupId', 'virtualMachineId');
}

/** Groups of each of some machines. */
export async function groupsOf(
  db: Database,
  machineIds: readonly string[],
): Promise<Map<string, Id<'AffinityGroup'>[]>> {
  return grouped(await members(db, 'virtualMachineId', machineIds), 'virtualMachineId', 'affinityGroupId');
}

type Member = Row<'AffinityGroupMember'>;

function members(db: Database, column: keyof Member, ids: readonly string[]): Promise<Member[]> {
  return db
    .selectFrom('AffinityGroupMember')
    .selectAll()
    .where(column, 'in', ids as Member[typeof column][])
    .orderBy('affinityGroupId')
    .orderBy('virtualMachineId')
    .execute();
}

function grouped<Value extends keyof Member>(
  rows: readonly Member[],
  key: keyof Member,
  value: Value,
): Map<string, Member[Value][]> {
  const groups = new Map<string, Member[Value][]>();
  for (const row of rows) groups.set(row[key], [...(groups.get(row[key]) ?? []), row[value]]);
  return groups;
}
