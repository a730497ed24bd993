import type { Id } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { aPasswordUser, enter } from '../support/password-user.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aTenant, type Tenant } from '../support/tenancy.ts';

let server: TestServer;
let userId: Id<'User'>;
let person: ApiClient;
let other: Tenant;

beforeAll(async () => {
  server = await startTestServer();
  ({ userId } = await aPasswordUser(server.db, 'person'));
  ({ client: person } = await enter(server.url, 'person'));
  other = await aTenant(server, 'other');
});

afterAll(() => server[Symbol.asyncDispose]());

const setMutation = `mutation ($key: String!, $value: String) {
  setPreference(input: { key: $key, value: $value }) { preference { key value } } }`;

const set = (key: string, value: string | null) => person.ask(setMutation, { key, value });

async function keep(prefix = ''): Promise<Record<string, string>> {
  const { viewer } = await person.ask<{ viewer: { preferences: { key: string; value: string }[] } }>(
    'query ($prefix: String!) { viewer { preferences(prefix: $prefix) { key value } } }',
    { prefix },
  );
  return Object.fromEntries(viewer.preferences.map(({ key, value }) => [key, value]));
}

test('what one keeps comes back as it was, by the beginning of its key, until it is removed', async () => {
  await set('list.hosts', '{"columns":["名称"]}');
  await set('view.hosts.1', '[]');
  expect(await keep()).toEqual({ 'list.hosts': '{"columns":["名称"]}', 'view.hosts.1': '[]' });
  expect(await keep('view.')).toEqual({ 'view.hosts.1': '[]' });
  await set('view.hosts.1', 'null');
  expect(await keep('view.')).toEqual({ 'view.hosts.1': 'null' });
  await set('view.hosts.1', null);
  await set('view.hosts.1', null);
  expect(await keep('view.')).toEqual({});
});

test('nobody sees another’s, and a program has none', async () => {
  await server.db
    .insertInto('Preference')
    .values({ userId: other.userId, key: 'list.zones', value: '1' })
    .execute();
  expect(await keep('list.zones')).toEqual({});
  expect(await other.client.ask('{ viewer { preferences { key } } }')).toEqual({
    viewer: { preferences: [] },
  });
  expect(await refusalOf(other.client, setMutation, { key: 'list.zones', value: '2' })).toMatchObject({
    code: 'FORBIDDEN',
  });
});

test.each([
  ['', '1', 'input.key'],
  ['list..hosts', '1', 'input.key'],
  ['List', '1', 'input.key'],
  [`a${'b'.repeat(120)}`, '1', 'input.key'],
  ['list.hosts', '{', 'input.value'],
  ['list.hosts', `"${'界'.repeat(5461)}"`, 'input.value'],
])('%s = %s is refused', async (key, value, path) => {
  expect(await refusalOf(person, setMutation, { key, value })).toMatchObject({
    code: 'VALIDATION_FAILED',
    path,
  });
});

test('there is an end to how many one may keep, and what is there can still be changed', async () => {
  const present = Object.keys(await keep()).length;
  await server.db
    .insertInto('Preference')
    .values(
      Array.from({ length: 500 - present }, (_, index) => ({
        userId,
        key: `many.${index}`,
        value: '0',
      })),
    )
    .execute();
  expect(await refusalOf(person, setMutation, { key: 'one.more', value: '1' })).toMatchObject({
    code: 'RESOURCE_LIMIT_EXCEEDED',
  });
  await set('many.0', '1');
  expect(await keep('many.0')).toEqual({ 'many.0': '1' });
});
