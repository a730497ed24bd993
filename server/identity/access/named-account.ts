import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from '../../platform/actor.ts';
import { invalid, notFound } from '../../platform/errors.ts';
import { getGuarded } from './guarded-loader.ts';
import type { Permission } from './permissions.ts';

/** Names an account: by its id, or, since tenants do not see each other, by its domain's path and its name. */
export interface AccountReference {
  accountId?: Id<'Account'> | null | undefined;
  domainPath?: string | null | undefined;
  accountName?: string | null | undefined;
}

export interface NamedAccount {
  id: Id<'Account'>;
  name: string;
  /** Accounts of projects have no users. */
  isProject: boolean;
}

/**
 * The account that somebody is to be given something by. One that is named exactly need not be seen: nothing is told of
 * it but that it exists.
 * @throws PlatformError VALIDATION_FAILED unless it is named in one of the two ways, NOT_FOUND
 */
export async function getNamedAccount(
  tx: Transaction,
  actor: Actor,
  path: string,
  reference: AccountReference,
  permission: Permission,
): Promise<NamedAccount> {
  const { accountId, domainPath, accountName } = reference;
  const isByName = domainPath != null && accountName != null;
  if ((accountId != null) === isByName || (domainPath != null) !== (accountName != null)) {
    throw invalid(
      `${path}.accountId`,
      accountId,
      'either accountId, or both domainPath and accountName must be given',
    );
  }
  if (accountId != null) {
    const { id, name, roleId, isDeleting } = await getGuarded(tx, actor, 'Account', accountId, permission);
    if (isDeleting) throw notFound('account', accountId);
    return { id, name, isProject: roleId === null };
  }
  const found = await tx
    .selectFrom('Account')
    .innerJoin('Domain', 'Domain.id', 'Account.domainId')
    .select(['Account.id', 'Account.name', 'Account.roleId'])
    .where('Domain.path', '=', domainPath ?? '')
    .where('Account.name', '=', accountName ?? '')
    .where('Account.isDeleting', '=', false)
    .executeTakeFirst();
  if (found === undefined) throw notFound('account', `${accountName ?? ''} in ${domainPath ?? ''}`);
  return { id: found.id, name: found.name, isProject: found.roleId === null };
}
