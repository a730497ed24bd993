import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiClient, ApiError } from '../support/api-client.ts';
import { followEvents } from '../support/event-stream.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aTenant, type Tenant } from '../support/tenancy.ts';

let server: TestServer;
let tenant: Tenant;

beforeAll(async () => {
  server = await startTestServer();
  tenant = await aTenant(server, 'tenant');
});

afterAll(async () => {
  await tenant.client.close();
  await server[Symbol.asyncDispose]();
});

/** Asks over one transport. @returns the code of the refusal, or `answered` */
type Ask = (query: string) => Promise<string>;

async function codeOf(asking: Promise<unknown>): Promise<string> {
  try {
    await asking;
    return 'answered';
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
}

const transports: Record<string, Ask> = {
  HTTP: (query) => codeOf(tenant.client.ask(query)),
  'server-sent events': (query) =>
    codeOf(followEvents(server.url, tenant.client.authorization, { query }).next()),
  WebSocket: (query) => codeOf(tenant.client.follow(query).next()),
};

const repeated = (count: number, field: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => field(index)).join(' ');
const nested = (depth: number): string => (depth === 0 ? 'name' : `ofType { ${nested(depth - 1)} }`);

const excesses: [what: string, query: string, code: string][] = [
  ['aliases', `{ ${repeated(60, (index) => `a${index}: viewer { sessionId }`)} }`, 'QUERY_TOO_COMPLEX'],
  [
    'aliases in a fragment',
    `{ viewer { ...f } } fragment f on Viewer { ${repeated(60, (index) => `a${index}: sessionId`)} }`,
    'QUERY_TOO_COMPLEX',
  ],
  ['root fields', `{ ${repeated(40, () => 'changeCursor')} }`, 'QUERY_TOO_COMPLEX'],
  ['depth', `{ __type(name: "Zone") { ${nested(18)} } }`, 'QUERY_TOO_COMPLEX'],
  ['words', `{ ${repeated(6000, () => 'changeCursor')} }`, 'VALIDATION_FAILED'],
  ['a permission that is missing', '{ hosts { totalCount } }', 'FORBIDDEN'],
  ['a subscription without permission', 'subscription { hostStateChanged { __typename } }', 'FORBIDDEN'],
  ['no such field', '{ nothing }', 'VALIDATION_FAILED'],
];

describe.each(Object.entries(transports))('over %s', (_name, ask) => {
  test.each(excesses)('%s', async (_what, query, code) => {
    expect(await ask(query)).toBe(code);
  });

  test('what is allowed is answered', async () => {
    expect(await ask('{ viewer { sessionId } }')).toBe('answered');
  });
});

test('a batch of requests is one request too many', async () => {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: tenant.client.authorization },
    body: JSON.stringify([{ query: '{ viewer { sessionId } }' }, { query: '{ viewer { sessionId } }' }]),
  });
  expect(response.status).toBe(400);
});

test('nothing is changed by a GET', async () => {
  const query = encodeURIComponent('mutation { endSession(input: {}) { sessionId } }');
  const response = await fetch(`${server.url}/graphql?query=${query}`, {
    headers: { authorization: tenant.client.authorization },
  });
  expect(response.status).toBe(405);
});

test('files are not uploaded beside a query', async () => {
  const form = new FormData();
  form.set('operations', JSON.stringify({ query: '{ viewer { sessionId } }' }));
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { authorization: tenant.client.authorization },
    body: form,
  });
  expect(response.status).toBeGreaterThanOrEqual(400);
});

test('a cookie is not taken from another site’s page, on any transport', async () => {
  const origin = 'https://elsewhere.example';
  const post = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json', cookie: 'nephos=anything' },
    body: JSON.stringify({ query: '{ viewer { sessionId } }' }),
  });
  expect(post.status).toBe(403);
  const form = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', cookie: 'nephos=anything' },
    body: JSON.stringify({ query: '{ viewer { sessionId } }' }),
  });
  expect(form.status).toBe(403);
});

test('the schema is not shown to strangers on any transport', async () => {
  const query = '{ __schema { types { name } } }';
  expect(await codeOf(new ApiClient(server.url).ask(query))).toBe('UNAUTHENTICATED');
  expect(await codeOf(followEvents(server.url, {}, { query }).next())).toBe('UNAUTHENTICATED');
  await expect(new ApiClient(server.url).follow(query).next()).rejects.toMatchObject({ code: 4403 });
});
