import type { Database, Row } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { hashSecret, newSecret } from '@nephos/server/identity/secrets.ts';
import { cast, keyScopes, projectRoles, viewers, type CastName, type HolderName } from './viewers.ts';

export interface AccountFacts {
  accountId: Id<'Account'>;
  /** Absent for the project's. */
  userId: Id<'User'> | null;
  roleId: Id<'Role'> | null;
  domainId: Id<'Domain'>;
  /** Ids from ROOT down to its domain. */
  lineage: Id<'Domain'>[];
}

/** The accounts by their part. */
export type Accounts = Record<HolderName, AccountFacts>;

export const inAYear = (): Date => new Date(Date.now() + 365 * 86_400_000);

/** The domain tree with the whole cast in it, and the project with its members. */
export async function makeTenants(db: Database): Promise<Accounts> {
  const domains = await makeDomains(db);
  const parts = Object.entries({ ...cast, project: { domain: '/region/customer', role: null } });
  const accounts: Partial<Accounts> = {};
  for (const [name, { domain, role }] of parts) {
    const { id: domainId, lineage } = domains.get(domain)!;
    const roleId = role === null ? null : await roleOf(db, role);
    const accountId = newId('Account');
    const userId = role === null ? null : newId('User');
    await db.insertInto('Account').values({ id: accountId, domainId, name, roleId }).execute();
    if (userId) await db.insertInto('User').values({ id: userId, accountId, username: name }).execute();
    accounts[name as HolderName] = { accountId, userId, roleId, domainId, lineage };
  }
  await makeProject(db, accounts as Accounts);
  return accounts as Accounts;
}

async function makeDomains(db: Database): Promise<Map<string, Row<'Domain'>>> {
  const root = await db
    .selectFrom('Domain')
    .selectAll()
    .where('parentId', 'is', null)
    .executeTakeFirstOrThrow();
  const domains = new Map([['/', root]]);
  for (const path of ['/region', '/region/customer', '/other']) {
    const { id: parentId, lineage } = domains.get(path.slice(0, path.lastIndexOf('/')) || '/')!;
    const id = newId('Domain');
    const name = path.slice(path.lastIndexOf('/') + 1);
    const domain = await db
      .insertInto('Domain')
      .values({ id, parentId, name, path, lineage: [...lineage, id] })
      .returningAll()
      .executeTakeFirstOrThrow();
    domains.set(path, domain);
  }
  return domains;
}

async function roleOf(db: Database, name: string): Promise<Id<'Role'>> {
  const { id } = await db.selectFrom('Role').select('id').where('name', '=', name).executeTakeFirstOrThrow();
  return id;
}

async function makeProject(db: Database, accounts: Accounts): Promise<void> {
  const { project, owner, exMember } = accounts;
  const id = newId('Project');
  await db
    .insertInto('Project')
    .values({
      id,
      accountId: project.accountId,
      creatorAccountId: owner.accountId,
      name: 'project',
      displayText: 'A project',
    })
    .execute();
  for (const [name, role] of Object.entries({ ...projectRoles, exMember: 'MEMBER' as const })) {
    const { accountId } = accounts[name as CastName];
    await db.insertInto('ProjectMember').values({ projectId: id, accountId, role }).execute();
  }
  // Was let in, was put out again, and is asked anew.
  await db.deleteFrom('ProjectMember').where('accountId', '=', exMember.accountId).execute();
  await db
    .insertInto('ProjectInvitation')
    .values({
      id: newId('ProjectInvitation'),
      projectId: id,
      accountId: exMember.accountId,
      role: 'MEMBER',
      invitedBy: 'owner',
      expiresAt: inAYear(),
    })
    .execute();
}

/** Headers by the viewer's name: a session's cookie, but for the API key and for nobody. */
export async function makeCredentials(
  db: Database,
  accounts: Accounts,
): Promise<Map<string, Record<string, string>>> {
  const credentials = new Map<string, Record<string, string>>();
  for (const { name, as, isConfined } of viewers) {
    const userId = as && accounts[as].userId;
    const secret = newSecret();
    if (userId == null) {
      credentials.set(name, {});
    } else if (isConfined) {
      await insertKey(db, userId, name, `nephos_${secret}`, keyScopes);
      credentials.set(name, { authorization: `Bearer nephos_${secret}` });
    } else {
      await insertSession(db, userId, secret);
      credentials.set(name, { cookie: `nephos=${secret}` });
    }
  }
  return credentials;
}

export async function insertKey(
  db: Database,
  userId: Id<'User'>,
  name: string,
  token: string,
  scopes: string[] = [],
): Promise<void> {
  await db
    .insertInto('ApiKey')
    .values({ id: newId('ApiKey'), userId, name, tokenHash: hashSecret(token), scopes })
    .execute();
}

export async function insertSession(db: Database, userId: Id<'User'>, secret: string): Promise<void> {
  await db
    .insertInto('UserSession')
    .values({
      id: newId('UserSession'),
      userId,
      tokenHash: hashSecret(secret),
      clientAddress: '127.0.0.1',
      userAgent: 'test',
      lastSeenAt: new Date(),
      expiresAt: inAYear(),
    })
    .execute();
}
