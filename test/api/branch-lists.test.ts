import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { builtInRoles } from '@nephos/server/identity/role/built-in-roles.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { branchNames, fillWorld, keyOf } from '../bench/tenancy-world.ts';
import { ApiClient } from '../support/api-client.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const domainAdmin = builtInRoles.find(({ name }) => name === 'Domain Admin')?.id ?? null;
const viewers = [...branchNames, 'user', 'top', 'deep'] as const;

let server: TestServer;
const tokens = new Map<string, string>();

beforeAll(async () => {
  server = await startTestServer();
  const { admins, user } = await fillWorld(server.databaseUrl, { domains: 40, accounts: 80, machines: 600 });
  for (const name of branchNames) tokens.set(name, admins[name].token);
  tokens.set('user', user.token);
  const root = await domainAt('/');
  tokens.set('top', await keyOf(server.db, await adminOf(root, 'top'), 'top-admin'));
  let domain = await domainAt('/medium');
  for (const name of ['third', 'fourth', 'fifth']) domain = await domainBelow(domain, name);
  const deepest = await adminOf(domain, 'deep');
  tokens.set('deep', await keyOf(server.db, deepest, 'deep-admin'));
  // Machines that change hands are listed where they come to.
  await sql`update "VirtualMachine" set "accountId" = ${deepest}, "name" = "id"
    where "id" in (select "id" from "VirtualMachine" order by "id" desc limit 7)`.execute(server.db);
});

afterAll(() => server[Symbol.asyncDispose]());

interface Branch {
  id: Id<'Domain'>;
  path: string;
  lineage: Id<'Domain'>[];
}

const domainAt = (path: string): Promise<Branch> =>
  server.db
    .selectFrom('Domain')
    .select(['id', 'path', 'lineage'])
    .where('path', '=', path)
    .executeTakeFirstOrThrow();

async function domainBelow(parent: Branch, name: string): Promise<Branch> {
  const id = newId('Domain');
  const branch = { id, path: `${parent.path}/${name}`, lineage: [...parent.lineage, id] };
  await server.db
    .insertInto('Domain')
    .values({ ...branch, name, parentId: parent.id })
    .execute();
  return branch;
}

async function adminOf(domain: Branch, name: string): Promise<Id<'Account'>> {
  const id = newId('Account');
  await server.db
    .insertInto('Account')
    .values({ id, domainId: domain.id, name, roleId: domainAdmin })
    .execute();
  return id;
}

/** What somebody ought to see, from the tree itself, in order. */
async function owned(token: string, table: 'VirtualMachine' | 'Volume'): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with me as (
      select a."id", a."domainId", r."accountType"
      from "ApiKey" k join "User" u on u."id" = k."userId" join "Account" a on a."id" = u."accountId"
      join "Role" r on r."id" = a."roleId" where k."tokenHash" = sha256(${token}::bytea))
    select t."id" from ${sql.table(table)} t join "Account" a on a."id" = t."accountId"
    join "Domain" d on d."id" = a."domainId" cross join me
    where a."id" = me."id" or (me."accountType" = 'DOMAIN_ADMIN' and me."domainId" = any(d."lineage"))
      or a."id" in (select p."accountId" from "ProjectMember" m join "Project" p on p."id" = m."projectId"
        where m."accountId" = me."id")
    order by t."id"`.execute(server.db);
  return rows.map(({ id }) => id);
}

interface Page {
  list: {
    nodes: { id: string }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
    totalCount: number;
    startPosition: number | null;
  };
}

async function listed(client: ApiClient, field: string, direction: 'ASC' | 'DESC'): Promise<string[]> {
  const query = `query ($after: Cursor) {
    list: ${field}(first: 40, after: $after, orderBy: { field: CREATED_AT, direction: ${direction} }) {
      nodes { id } pageInfo { hasNextPage endCursor } totalCount startPosition
    }
  }`;
  const ids: string[] = [];
  for (let after: string | null = null; ;) {
    const { list }: Page = await client.ask<Page>(query, { after });
    expect(list.startPosition).toBe(list.nodes.length === 0 ? null : ids.length + 1);
    ids.push(...list.nodes.map(({ id }) => id));
    after = list.pageInfo.endCursor;
    if (list.pageInfo.hasNextPage) continue;
    expect(list.totalCount).toBe(ids.length);
    return ids;
  }
}

describe.each(viewers)('what %s may see', (viewer) => {
  test.each([
    ['virtualMachines', 'VirtualMachine'],
    ['volumes', 'Volume'],
  ] as const)('of %s is listed once and in order, page by page, both ways', async (field, table) => {
    const token = tokens.get(viewer) ?? '';
    const client = new ApiClient(server.url, { authorization: `Bearer ${token}` });
    const expected = await owned(token, table);
    if (viewer !== 'deep' || table === 'VirtualMachine') expect(expected.length).toBeGreaterThan(0);
    expect(await listed(client, field, 'ASC')).toEqual(expected);
    expect(await listed(client, field, 'DESC')).toEqual(expected.toReversed());
  });
});

test.each(['CREATED_AT', 'NAME', 'STATE'])('the last page in the order %s knows its place', async (field) => {
  const client = new ApiClient(server.url, { authorization: `Bearer ${tokens.get('top') ?? ''}` });
  const { list } = await client.ask<Page>(
    `{ list: virtualMachines(last: 7, orderBy: { field: ${field}, direction: DESC }) {
      nodes { id } pageInfo { hasNextPage endCursor } totalCount startPosition } }`,
  );
  expect(list.startPosition).toBe(list.totalCount - 6);
});

test('what an account owns moves with it to another domain', async () => {
  const [from, to] = [await domainAt('/tiny'), await domainAt('/')];
  const levels = () =>
    server.db
      .selectFrom('VirtualMachine')
      .innerJoin('Account', 'Account.id', 'VirtualMachine.accountId')
      .select(['level2Id', 'level3Id', 'level4Id'])
      .distinct()
      .where('Account.name', 'like', 'moved-%')
      .execute();
  const accounts = await server.db
    .updateTable('Account')
    .set((row) => ({ name: sql`'moved-' || ${row.ref('name')}` }))
    .where('domainId', '=', from.id)
    .returning('id')
    .execute();
  expect(accounts.length).toBeGreaterThan(0);
  expect(await levels()).toEqual([{ level2Id: from.id, level3Id: null, level4Id: null }]);
  const move = (domainId: Id<'Domain'>) =>
    server.db.updateTable('Account').set({ domainId }).where('name', 'like', 'moved-%').execute();
  await move(to.id);
  expect(await levels()).toEqual([{ level2Id: null, level3Id: null, level4Id: null }]);
  await move(from.id);
  expect(await levels()).toEqual([{ level2Id: from.id, level3Id: null, level4Id: null }]);
});

test('a domain that is to move is refused: lineages are written down in many rows', async () => {
  const { id } = await domainAt('/tiny');
  await expect(
    sql`update "Domain" set "lineage" = "lineage"[2:] where "id" = ${id}`.execute(server.db),
  ).rejects.toThrow('cannot move');
});
