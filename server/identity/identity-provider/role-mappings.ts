import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from '../../platform/actor.ts';
import { invalid } from '../../platform/errors.ts';
import { getGuarded } from '../access/guarded-loader.ts';
import { assertMayGiveRole } from '../access/rank.ts';

export interface RoleMappingInput {
  groupName: string;
  roleId: Id<'Role'>;
  domainId: Id<'Domain'> | null;
}

const mostMappings = 200;

/**
 * Puts mappings in the place of those that a provider has, or with `undefined` keeps these. Either way whoever says
 * how a provider is reached could become its users, so none of them may get more than the actor has.
 * @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN
 */
export async function writeMappings(
  tx: Transaction,
  actor: Actor,
  provider: Pick<Row<'IdentityProvider'>, 'id' | 'domainId'>,
  input: readonly RoleMappingInput[] | undefined,
): Promise<void> {
  const mappings = input ?? (await mappingsOf(tx, provider.id));
  if (mappings.length > mostMappings)
    throw invalid('input.roleMappings', mappings.length, `must be at most ${mostMappings}`);
  for (const [index, { groupName, roleId, domainId }] of mappings.entries()) {
    const path = `input.roleMappings.${index}`;
    if (groupName.length > 512 || !/^[^\p{Cc}]+$/u.test(groupName))
      throw invalid(`${path}.groupName`, groupName, 'must be 1 to 512 characters without control characters');
    await assertMayGiveRole(tx, actor, roleId, `${path}.roleId`);
    if (domainId === null) continue;
    const domain = await getGuarded(tx, actor, 'Domain', domainId, 'domain.list');
    if (!domain.lineage.includes(provider.domainId))
      throw invalid(`${path}.domainId`, domainId, 'must be the domain of the provider, or one below it');
  }
  if (input === undefined) return;
  await tx.deleteFrom('IdentityRoleMapping').where('providerId', '=', provider.id).execute();
  if (input.length === 0) return;
  await tx
    .insertInto('IdentityRoleMapping')
    .values(input.map((mapping, position) => ({ providerId: provider.id, position, ...mapping })))
    .execute();
}

function mappingsOf(
  tx: Transaction,
  providerId: Id<'IdentityProvider'>,
): Promise<Row<'IdentityRoleMapping'>[]> {
  return tx
    .selectFrom('IdentityRoleMapping')
    .selectAll()
    .where('providerId', '=', providerId)
    .orderBy('position')
    .execute();
}

/** Mappings by provider, in order. */
export async function mappingsByProvider(
  db: Database,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Row<'IdentityRoleMapping'>[]>> {
  const rows = await db
    .selectFrom('IdentityRoleMapping')
    .selectAll()
    .where('providerId', 'in', ids as Id<'IdentityProvider'>[])
    .orderBy('position')
    .execute();
  return Map.groupBy(rows, ({ providerId }) => providerId as string);
}
