import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newId } from '@nephos/model/kernel/ids.ts';
import { applyMigrations } from '@nephos/model/migrate/apply.ts';
import { rootAdminRoleId, userRoleId, builtInRoles } from '@nephos/server/identity/role/built-in-roles.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmptyDatabase, type TestDatabase } from '../support/database.ts';

const migrations = path.join(import.meta.dirname, '../../prisma/migrations');
const firstRelease = ['20261122190000_initial', '20261122190100_feed_and_partitions'];

let database: TestDatabase;
const folder = mkdtempSync(path.join(tmpdir(), 'nephos-migrations-'));
const ids = {
  root: newId('Domain'),
  region: newId('Domain'),
  customer: newId('Domain'),
  admin: newId('Account'),
  tenant: newId('Account'),
  adminUser: newId('User'),
  tenantUser: newId('User'),
  key: newId('ApiKey'),
  template: newId('Template'),
};

beforeAll(async () => {
  database = await createEmptyDatabase();
  for (const name of firstRelease)
    cpSync(path.join(migrations, name), path.join(folder, name), { recursive: true });
  await applyMigrations(database.url, folder);
  const { db } = database;
  await sql`insert into "Domain" ("id", "parentId", "name", "path") values
    (${ids.root}, null, 'ROOT', '/'), (${ids.region}, ${ids.root}, 'region', '/region'),
    (${ids.customer}, ${ids.region}, 'customer', '/region/customer')`.execute(db);
  await sql`insert into "Account" ("id", "domainId", "name", "role") values
    (${ids.admin}, ${ids.root}, 'admin', 'ROOT_ADMIN'), (${ids.tenant}, ${ids.customer}, 'tenant', 'USER')`.execute(
    db,
  );
  await sql`insert into "User" ("id", "accountId", "username") values
    (${ids.adminUser}, ${ids.admin}, 'admin'), (${ids.tenantUser}, ${ids.tenant}, 'tenant')`.execute(db);
  await sql`insert into "ApiKey" ("id", "userId", "name", "tokenHash")
    values (${ids.key}, ${ids.tenantUser}, 'ci', '\\x00')`.execute(db);
  await sql`insert into "Image" ("id", "kind", "accountId", "name", "displayText", "format")
    values (${ids.template}, 'TEMPLATE', ${ids.tenant}, 'debian', 'Debian', 'QCOW2')`.execute(db);
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database[Symbol.asyncDispose]();
});

test('a database of the first release keeps what it has, and its people their rights', async () => {
  const { db, url } = database;
  const applied = await applyMigrations(url);
  expect(applied.length).toBeGreaterThan(0);
  expect(await applyMigrations(url), 'a second time there is nothing to do').toEqual([]);

  expect(await db.selectFrom('Account').select(['name', 'roleId']).orderBy('name').execute()).toEqual([
    { name: 'admin', roleId: rootAdminRoleId },
    { name: 'tenant', roleId: userRoleId },
  ]);
  expect(await db.selectFrom('Domain').select(['path', 'lineage']).orderBy('path').execute()).toEqual([
    { path: '/', lineage: [ids.root] },
    { path: '/region', lineage: [ids.root, ids.region] },
    { path: '/region/customer', lineage: [ids.root, ids.region, ids.customer] },
  ]);
  expect(await db.selectFrom('ApiKey').select(['scopes', 'allowedCidrs']).executeTakeFirst()).toEqual({
    scopes: [],
    allowedCidrs: [],
  });
  expect(
    await db.selectFrom('ResourceCount').select(['resource', 'used']).orderBy('resource').execute(),
  ).toEqual([
    { resource: 'TEMPLATE', used: 1n },
    { resource: 'API_KEY', used: 1n },
  ]);
});

test('the roles that the database has are those that the code knows', async () => {
  const rows = await database.db
    .selectFrom('Role')
    .select(['id', 'name', 'accountType'])
    .where('isBuiltIn', '=', true)
    .orderBy('id')
    .execute();
  expect(rows).toEqual(builtInRoles.map(({ id, name, accountType }) => ({ id, name, accountType })));
});
