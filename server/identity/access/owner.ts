import type { Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from '../../platform/actor.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import { getForChange } from './guarded-loader.ts';
import type { Permission } from './permissions.ts';

/** The account that a new thing is to belong to, or that a thing belongs to. */
export interface Owner {
  accountId: Id<'Account'>;
  name: string;
  /** Ids from ROOT down to the account's domain. */
  lineage: readonly Id<'Domain'>[];
}

/**
 * The account that is to own a new thing: the actor's own, or the one that was asked for. That one's own account is
 * active still, `takeLimits` sees to.
 * @throws PlatformError NOT_FOUND, FORBIDDEN when the actor may only look at what that account has, and whatever
 * {@link activeOwner} throws
 */
export async function ownerFor(
  tx: Transaction,
  actor: Actor,
  accountId: Id<'Account'> | null | undefined,
  permission: Permission,
  options: { isHeld: boolean } = { isHeld: true },
): Promise<Owner> {
  if (accountId == null || accountId === actor.accountId)
    return { accountId: actor.accountId, name: actor.accountName, lineage: actor.lineage };
  await getForChange(tx, actor, 'Account', accountId, permission);
  return activeOwner(tx, accountId, options);
}

/**
 * An account for which something may be made or started. Until the transaction ends it can neither be disabled nor
 * begin to be deleted, nor can its project be suspended; unless it is only looked at, and so not held.
 * @throws PlatformError INVALID_STATE that names the account, or the project
 */
export async function activeOwner(
  tx: Transaction,
  accountId: Id<'Account'>,
  { isHeld }: { isHeld: boolean } = { isHeld: true },
): Promise<Owner> {
  const { name, lineage, state, isDeleting, isInArrears, roleId } = await tx
    .selectFrom('Account')
    .innerJoin('Domain', 'Domain.id', 'Account.domainId')
    .select(['Account.name', 'Account.state', 'Account.isDeleting', 'Account.isInArrears', 'Account.roleId'])
    .select('Domain.lineage')
    .where('Account.id', '=', accountId)
    .$if(isHeld, (query) => query.forShare('Account'))
    .executeTakeFirstOrThrow();
  if (roleId === null) await assertActiveProject(tx, accountId, isHeld);
  assertActive({ id: accountId, name, state, isDeleting, isInArrears });
  return { accountId, name, lineage };
}

/** @throws PlatformError INVALID_STATE for an account that is disabled, in arrears, or about to go */
export function assertActive(
  account: Pick<Row<'Account'>, 'id' | 'name' | 'state' | 'isDeleting' | 'isInArrears'>,
): void {
  const { id, name, state, isDeleting, isInArrears } = account;
  if (!isDeleting && state !== 'DISABLED') {
    if (!isInArrears) return;
    throw new PlatformError(
      'INVALID_STATE',
      `account ${name} is in arrears: nothing is made or started for it`,
      { details: { accountId: id, state: 'IN_ARREARS' }, remedy: 'have its balance paid first' },
    );
  }
  throw new PlatformError(
    'INVALID_STATE',
    `account ${name} is ${isDeleting ? 'being deleted' : state}: nothing is made or started for it`,
    { details: { accountId: id, state: isDeleting ? 'DELETING' : state } },
  );
}

async function assertActiveProject(
  tx: Transaction,
  accountId: Id<'Account'>,
  isHeld: boolean,
): Promise<void> {
  const project = await tx
    .selectFrom('Project')
    .select(['id', 'name', 'state'])
    .where('accountId', '=', accountId)
    .$if(isHeld, (query) => query.forShare())
    .executeTakeFirst();
  if (project === undefined || project.state === 'ACTIVE') return;
  throw new PlatformError(
    'INVALID_STATE',
    `project ${project.name} is ${project.state}: nothing is made or started in it`,
    {
      details: { projectId: project.id, state: project.state },
      ...(project.state === 'SUSPENDED' && { remedy: 'have the project activated first' }),
    },
  );
}

/**
 * Keeps a zone that is reserved for others from an owner, whoever asks.
 * @param zone held, so that it cannot be reserved until the transaction ends
 * @throws PlatformError VALIDATION_FAILED
 */
export function assertOpenZone(owner: Owner, zone: Row<'Zone'>, path: string): void {
  const { dedicatedDomainId, dedicatedAccountId } = zone;
  const isOpen =
    (dedicatedDomainId === null || owner.lineage.includes(dedicatedDomainId)) &&
    (dedicatedAccountId === null || dedicatedAccountId === owner.accountId);
  if (!isOpen) {
    throw invalid(
      path,
      zone.id,
      `must be open to account ${owner.name}: zone ${zone.name} is reserved for others`,
    );
  }
}

/** What service and disk offerings have in common. */
interface Offering {
  id: string;
  name: string;
  domainIds: readonly Id<'Domain'>[];
  zoneIds: readonly Id<'Zone'>[];
}

/**
 * Keeps an offering to the domains and zones that it is for.
 * @throws PlatformError VALIDATION_FAILED
 */
export function assertOffered(owner: Owner, zone: Row<'Zone'>, offering: Offering, path: string): void {
  if (offering.domainIds.length > 0 && !offering.domainIds.some((id) => owner.lineage.includes(id))) {
    throw invalid(
      path,
      offering.id,
      `must be offered to account ${owner.name}: ${offering.name} is for other domains`,
    );
  }
  if (offering.zoneIds.length > 0 && !offering.zoneIds.includes(zone.id)) {
    throw invalid(
      path,
      offering.id,
      `must be offered in zone ${zone.name}: ${offering.name} is for other zones`,
    );
  }
}

/**
 * Keeps a private image to its owner and those it is shared with, whoever asks.
 * @throws PlatformError VALIDATION_FAILED
 */
export async function assertUsableImage(
  tx: Transaction,
  owner: Pick<Owner, 'accountId' | 'name'>,
  image: Row<'Image'>,
  path: string,
): Promise<void> {
  if (image.isPublic || image.accountId === owner.accountId) return;
  const grant = await tx
    .selectFrom('ImageGrant')
    .select('imageId')
    .where('imageId', '=', image.id)
    .where('accountId', '=', owner.accountId)
    .executeTakeFirst();
  if (grant === undefined) {
    throw invalid(path, image.id, `must be shared with account ${owner.name}: ${image.name} is private`);
  }
}
