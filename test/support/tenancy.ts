import type { Database } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { builtInRoles, userRoleId } from '@nephos/server/identity/role/built-in-roles.ts';
import { hashSecret, newSecret } from '@nephos/server/identity/secrets.ts';
import { ApiClient } from './api-client.ts';

/** An account with one user, and a program that acts for it. */
export interface Tenant {
  accountId: Id<'Account'>;
  userId: Id<'User'>;
  domainId: Id<'Domain'>;
  apiKeyId: Id<'ApiKey'>;
  client: ApiClient;
}

/** Id of a built-in role by its name: `Domain Admin`. */
export function roleId(name: string): Id<'Role'> {
  const role = builtInRoles.find((each) => each.name === name);
  if (role === undefined) throw new Error(`there is no built-in role ${name}`);
  return role.id;
}

export async function rootDomainId(db: Database): Promise<Id<'Domain'>> {
  const { id } = await db
    .selectFrom('Domain')
    .select('id')
    .where('parentId', 'is', null)
    .executeTakeFirstOrThrow();
  return id;
}

/** A domain below another; below ROOT when none is named. */
export async function aDomain(db: Database, name: string, parentId?: Id<'Domain'>): Promise<Id<'Domain'>> {
  const above = await db
    .selectFrom('Domain')
    .selectAll()
    .where('id', '=', parentId ?? (await rootDomainId(db)))
    .executeTakeFirstOrThrow();
  const id = newId('Domain');
  await db
    .insertInto('Domain')
    .values({
      id,
      parentId: above.id,
      name,
      path: above.path === '/' ? `/${name}` : `${above.path}/${name}`,
      lineage: [...above.lineage, id],
    })
    .execute();
  return id;
}

/** An account with a user of the same name, who comes with an API key. */
export async function aTenant(
  { db, url }: { db: Database; url: string },
  name: string,
  options: { role?: Id<'Role'>; domainId?: Id<'Domain'>; scopes?: string[] } = {},
): Promise<Tenant> {
  const accountId = newId('Account');
  const userId = newId('User');
  const domainId = options.domainId ?? (await rootDomainId(db));
  await db
    .insertInto('Account')
    .values({ id: accountId, domainId, name, roleId: options.role ?? userRoleId })
    .execute();
  await db.insertInto('User').values({ id: userId, accountId, username: name }).execute();
  const { apiKeyId, client } = await anApiKey({ db, url }, { userId, accountId }, options.scopes);
  return { accountId, userId, domainId, apiKeyId, client };
}

/** One more API key of a user, counted as the API counts it. */
export async function anApiKey(
  { db, url }: { db: Database; url: string },
  { userId, accountId }: { userId: Id<'User'>; accountId: Id<'Account'> },
  scopes: string[] = [],
): Promise<{ apiKeyId: Id<'ApiKey'>; client: ApiClient }> {
  const apiKeyId = newId('ApiKey');
  const token = `nephos_${newSecret()}`;
  await db
    .insertInto('ApiKey')
    .values({ id: apiKeyId, userId, name: apiKeyId, tokenHash: hashSecret(token), scopes })
    .execute();
  await db
    .insertInto('ResourceCount')
    .values({ accountId, resource: 'API_KEY', used: 1n })
    .onConflict((conflict) =>
      conflict
        .columns(['accountId', 'resource'])
        .doUpdateSet((row) => ({ used: row('ResourceCount.used', '+', 1n) })),
    )
    .execute();
  return { apiKeyId, client: new ApiClient(url, { authorization: `Bearer ${token}` }) };
}
