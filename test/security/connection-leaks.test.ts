import { readdirSync, readlinkSync } from 'node:fs';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aTenant, type Tenant } from '../support/tenancy.ts';

let server: TestServer;
let tenant: Tenant;

beforeAll(async () => {
  server = await startTestServer();
  tenant = await aTenant(server, 'tenant');
  // Ten thousand calls from one address would be refused for their haste, and never come to what may leak.
  for (const key of [
    'api.requests.per.second.per.actor',
    'api.requests.per.second.per.address',
    'signin.per.minute.per.address',
  ])
    await server.admin.ask(
      'mutation ($key: String!) { updateSetting(input: { key: $key, value: "0" }) { setting { key } } }',
      { key },
    );
});

afterAll(() => server[Symbol.asyncDispose]());

/** Sockets of this process, which is the server's too. */
function sockets(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;
}

async function connections(): Promise<{ all: number; inTransaction: number }> {
  const { rows } = await sql<{ all: number; inTransaction: number }>`
    select count(*)::int as "all", (count(*) filter (where state like 'idle in transaction%'))::int as "inTransaction"
    from pg_stat_activity where datname = current_database() and application_name like 'nephos%'`.execute(
    server.db,
  );
  return rows[0]!;
}

const many = (call: (index: number) => string) =>
  Array.from({ length: 15 }, (_, index) => call(index)).join(' ');
const id = (kind: string) => `${kind}_01h2xcejqtf2nbrexx3vqjhp41`;

/** What fails, each at another place on the way, and how many calls it is: fields of a mutation run one by one. */
const failing: { calls: number; send(anonymous: ApiClient, client: ApiClient): Promise<unknown> }[] = [
  // Refused inside a transaction, which is rolled back.
  {
    calls: 15,
    send: (_, client) =>
      client.send(
        `mutation { ${many((n) => `a${n}: startVirtualMachine(input: { id: "${id('vm')}" }) { job { id } }`)} }`,
      ),
  },
  {
    calls: 15,
    send: (_, client) =>
      client.send(
        `mutation { ${many((n) => `a${n}: endSession(input: { id: "${id('sess')}" }) { sessionId }`)} }`,
      ),
  },
  {
    calls: 15,
    send: (_, client) =>
      client.send(
        `mutation { ${many((n) => `a${n}: createProject(input: { name: "<${n}>" }) { project { id } }`)} }`,
      ),
  },
  { calls: 15, send: (_, client) => client.send(`{ ${many((n) => `a${n}: hosts { totalCount }`)} }`) },
  {
    calls: 15,
    send: (_, client) =>
      client.send(`{ ${many((n) => `a${n}: virtualMachines(first: 1000) { totalCount }`)} }`),
  },
  { calls: 1, send: (_, client) => client.send('{ nothing }') },
  { calls: 1, send: (anonymous) => anonymous.send('{ zones { totalCount } }') },
  { calls: 1, send: (anonymous) => postText(anonymous.url, '{') },
  { calls: 1, send: (_, client) => leave(client) },
];

function postText(url: string, body: string): Promise<Response> {
  return fetch(`${url}/graphql`, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
}

/** A request that nobody waits for. */
async function leave({ url, authorization }: ApiClient): Promise<void> {
  const leaving = new AbortController();
  setTimeout(() => leaving.abort(), 1);
  await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ query: 'mutation { createProject(input: { name: "<i>" }) { project { id } } }' }),
    signal: leaving.signal,
  }).catch(() => undefined);
}

/** Makes at least so many calls that fail. */
async function fail(calls: number): Promise<void> {
  const anonymous = new ApiClient(server.url);
  let sent = 0;
  let turn = 0;
  const worker = async () => {
    while (sent < calls) {
      const next = failing[turn++ % failing.length]!;
      sent += next.calls;
      await next.send(anonymous, tenant.client);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

test('ten thousand calls that fail leave the pool and the sockets as they were', async () => {
  await fail(500);
  const before = { sockets: sockets(), ...(await connections()) };
  await fail(10_000);
  const after = await eventually(
    async () => ({ sockets: sockets(), ...(await connections()) }),
    (now) => now.inTransaction === 0 && now.sockets <= before.sockets + 8,
  );
  expect(after.inTransaction).toBe(0);
  expect(after.all).toBeLessThanOrEqual(24);
  // It still answers, and as quickly as a pool that is not used up.
  const started = performance.now();
  await Promise.all(
    Array.from({ length: 50 }, () => tenant.client.ask('{ virtualMachines { totalCount } }')),
  );
  expect(performance.now() - started).toBeLessThan(5000);
}, 120_000);

test('sockets that are refused are closed', async () => {
  const before = sockets();
  const open = () =>
    new Promise<void>((resolve) => {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
      socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
    });
  for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 50 }, open));
  await eventually(sockets, (now) => now <= before + 8);
});
