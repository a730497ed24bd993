import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server[Symbol.asyncDispose]());

const nested = (depth: number): string => (depth === 0 ? 'name' : `ofType { ${nested(depth - 1)} }`);
const many = (count: number, field: (index: number) => string) =>
  `{ ${Array.from({ length: count }, (_, index) => field(index)).join(' ')} }`;

const excesses: [what: string, query: string, said: RegExp][] = [
  ['depth', `{ __type(name: "Zone") { ${nested(18)} } }`, /depth/],
  ['aliases', `{ viewer { user ${many(60, (index) => `a${index}: id`)} } }`, /aliases/],
  ['root fields', many(40, () => 'changeCursor'), /rootFields/],
  [
    'cost',
    many(
      6,
      (index) => `list${index}: virtualMachines(first: 500) {
        nodes { nics { id network { id name zone { id name } } } volumes { id name zone { id name } } }
      }`,
    ),
    /cost/,
  ],
  ['words', many(6000, () => 'id'), /token/i],
];

describe('a request is refused for its', () => {
  test.each(excesses)('%s', async (_what, query, said) => {
    const before = server.statements();
    const refusal = await refusalOf(server.admin, query);
    expect(refusal.message).toMatch(said);
    // Who asks is looked up; what is asked for is not.
    expect(server.statements() - before).toBeLessThan(20);
  });

  test.each(excesses)('%s over the socket', async (_what, query, said) => {
    await expect(server.admin.follow(query).next()).rejects.toThrow(said);
  });
});

test('the schema may be asked for by those who are signed in', async () => {
  const { __schema } = await server.admin.ask<{ __schema: { types: unknown[] } }>(getIntrospectionQuery());
  expect(__schema.types.length).toBeGreaterThan(50);
});

test('the schema is not for those who are not', async () => {
  const anonymous = new ApiClient(server.url);
  expect(await refusalOf(anonymous, getIntrospectionQuery())).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await refusalOf(anonymous, '{ viewer { __typename } __type(name: "Zone") { name } }')).toMatchObject(
    {
      code: 'UNAUTHENTICATED',
    },
  );
});

test('a body that is too long, or of unknown length, is not read', async () => {
  const post = (body: BodyInit, extra: RequestInit = {}) =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      ...extra,
    });
  expect((await post('x'.repeat(1024 * 1024 + 1))).status).toBe(413);
  const stream = new Blob(['{"query":"{viewer{username}}"}']).stream();
  expect((await post(stream, { duplex: 'half' } as RequestInit)).status).toBe(411);
});
