import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { ApiClient, type ApiAnswer } from '../support/api-client.ts';
import { eventsOf } from '../support/audit-events.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aTenant, type Tenant } from '../support/tenancy.ts';

let server: TestServer;
let tenant: Tenant;

beforeEach(async () => {
  server = await startTestServer({ trustedProxies: '127.0.0.1' });
  tenant = await aTenant(server, 'tenant');
});

afterEach(() => server[Symbol.asyncDispose]());

async function limit(key: string, value: number): Promise<void> {
  await server.admin.ask(
    'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { key } } }',
    { input: { key, value: String(value) } },
  );
}

const refusedOf = (answers: ApiAnswer[]) => answers.filter(({ status }) => status === 429);

async function sendMany(
  client: ApiClient,
  count: number,
  query = '{ viewer { sessionId } }',
): Promise<ApiAnswer[]> {
  const answers: ApiAnswer[] = [];
  for (let index = 0; index < count; index++) answers.push(await client.send(query));
  return answers;
}

/** A client as a proxy would hand it on. */
const from = (address: string) => new ApiClient(server.url, { 'x-forwarded-for': address });

const perActor = 'api.requests.per.second.per.actor';

describe('of one actor', () => {
  test('requests that come too fast are refused, and say when to come back', async () => {
    await limit(perActor, 1);
    const answers = await sendMany(tenant.client, 20);
    const [first] = refusedOf(answers);
    expect(refusedOf(answers).length).toBeGreaterThanOrEqual(5);
    expect(first?.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(first?.errors?.[0]?.extensions).toMatchObject({
      code: 'RATE_LIMITED',
      details: { limit: perActor, retryAfterSeconds: expect.any(Number) as number },
    });
    expect(JSON.stringify(first?.errors)).not.toContain('http');
    const events = await eventsOf(server.db, first!);
    expect(events).toMatchObject([
      {
        action: 'api.request',
        outcome: 'RATE_LIMITED',
        actorUserId: tenant.userId,
        details: { limit: perActor },
      },
    ]);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/nephos_rate_limited_total\{limit="api.requests.per.second.per.actor"\} [1-9]/);
  });

  test('another is not in the way', async () => {
    const other = await aTenant(server, 'other');
    await limit(perActor, 1);
    await sendMany(tenant.client, 15);
    expect(refusedOf(await sendMany(other.client, 5))).toEqual([]);
  });

  test('event streams count too', async () => {
    await limit(perActor, 1);
    await sendMany(tenant.client, 12);
    const stream = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: {
        authorization: tenant.client.authorization,
        'content-type': 'application/json',
        accept: 'text/event-stream',
      },
      body: JSON.stringify({ query: 'subscription { jobs { id } }' }),
    });
    expect(stream.status).toBe(429);
    expect(await stream.text()).toContain('RATE_LIMITED');
  });

  test('operations over a socket count too', async () => {
    await limit(perActor, 1);
    const codes: string[] = [];
    for (let index = 0; index < 15; index++) {
      const answered = tenant.client.follow('{ viewer { sessionId } }').next();
      await answered.catch((error: unknown) => codes.push((error as { code: string }).code));
    }
    await tenant.client.close();
    expect(codes).toContain('RATE_LIMITED');
  });

  test('0 is no limit', async () => {
    await limit(perActor, 0);
    expect(refusedOf(await sendMany(tenant.client, 50))).toEqual([]);
  });
});

describe('of one address', () => {
  test('requests that come too fast are refused before anything is looked up', async () => {
    await limit('api.requests.per.second.per.address', 1);
    const answers = await sendMany(from('192.0.2.1'), 20);
    expect(refusedOf(answers).length).toBeGreaterThanOrEqual(5);
    const before = server.statements();
    const [refused] = await sendMany(from('192.0.2.1'), 1);
    expect(refused?.status).toBe(429);
    expect(refused?.errors?.[0]?.extensions.details).toMatchObject({
      limit: 'api.requests.per.second.per.address',
    });
    // The event of the refusal alone, and what servers do by themselves.
    expect(server.statements() - before).toBeLessThan(10);
    expect(refusedOf(await sendMany(from('192.0.2.2'), 3))).toEqual([]);
  });

  test('new sockets count', async () => {
    await limit('api.requests.per.second.per.address', 1);
    const open = () =>
      new Promise<number>((resolve) => {
        const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
          headers: { 'x-forwarded-for': '192.0.2.3' },
        });
        socket.on('error', () => undefined);
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
        socket.on('open', () => {
          socket.terminate();
          resolve(101);
        });
      });
    const statuses: number[] = [];
    for (let index = 0; index < 15; index++) statuses.push(await open());
    expect(new Set(statuses)).toEqual(new Set([101, 429]));
  });
});

describe('attempts to sign in', () => {
  const signInMutation =
    'mutation { signIn(input: { username: "nobody", password: "guess" }) { __typename } }';

  test('are few for one address, and many guesses in one request are many attempts', async () => {
    await limit('signin.per.minute.per.address', 3);
    const two = `mutation { ${Array.from({ length: 2 }, (_, index) => `a${index}: signIn(input: { username: "nobody", password: "${index}" }) { __typename }`).join(' ')} }`;
    const answers = await sendMany(from('192.0.2.4'), 2, two);
    expect(answers.map(({ status }) => status)).toEqual([200, 429]);
    // One is left, and the next comes after twenty seconds.
    expect((await sendMany(from('192.0.2.4'), 2, signInMutation)).map(({ status }) => status)).toEqual([
      200, 429,
    ]);
    expect((await sendMany(from('192.0.2.5'), 1, signInMutation))[0]?.status).toBe(200);
  });

  test('with API keys that are not good count, and good ones go on', async () => {
    await limit('signin.per.minute.per.address', 5);
    const guess = new ApiClient(server.url, {
      authorization: 'Bearer nephos_guess',
      'x-forwarded-for': '192.0.2.6',
    });
    const statuses = (await sendMany(guess, 8)).map(({ status }) => status);
    expect(statuses.slice(0, 5)).toEqual([200, 200, 200, 200, 200]);
    expect(statuses.slice(5)).toEqual([429, 429, 429]);
    const good = new ApiClient(server.url, {
      authorization: tenant.client.authorization,
      'x-forwarded-for': '192.0.2.6',
    });
    expect((await sendMany(good, 3)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

test('who a trusted proxy says it is, the audit log says too', async () => {
  const client = new ApiClient(server.url, {
    authorization: tenant.client.authorization,
    'x-forwarded-for': '203.0.113.9, 198.51.100.7',
  });
  const refused = await client.send('{ hosts { totalCount } }');
  expect(await eventsOf(server.db, refused)).toMatchObject([{ clientAddress: '198.51.100.7' }]);
});
