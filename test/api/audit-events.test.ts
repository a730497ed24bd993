import { buildApiSchema } from '@nephos/server/graphql/schema.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { ApiClient } from '../support/api-client.ts';
import { eventsOf } from '../support/audit-events.ts';
import { eventually } from '../support/eventually.ts';
import { sampleOperation } from '../support/sample-operation.ts';
import { adminPassword, startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, aTenant, roleId, type Tenant } from '../support/tenancy.ts';

const mutations = Object.values(buildApiSchema().getMutationType()!.getFields());

let server: TestServer;
let tenant: Tenant;

beforeAll(async () => {
  server = await startTestServer();
  tenant = await aTenant(server, 'tenant');
});

afterAll(() => server[Symbol.asyncDispose]());

const updateSetting =
  'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { key } } }';
const signInMutation = 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }';

describe('whatever comes of it, an event tells of the mutation', () => {
  test.each(mutations.map((field) => [field.name, field] as const))('%s', async (_name, field) => {
    const { document, variables } = sampleOperation('mutation', field, () => newId('VirtualMachine'));
    const answer = await tenant.client.send(document, variables);
    const code = answer.errors?.[0]?.extensions.code ?? 'SUCCEEDED';
    expect(code).not.toBe('INTERNAL');
    const events = await eventsOf(server.db, answer);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ outcome: code, clientAddress: '127.0.0.1' });
    const isAnonymous = ['signIn', 'completeSignIn', 'useSetupLink'].includes(field.name);
    if (!isAnonymous)
      expect(events[0]).toMatchObject({ actorUserId: tenant.userId, apiKeyId: tenant.apiKeyId });
  });
});

test('a change tells what was and what is', async () => {
  const answer = await server.admin.send(updateSetting, { input: { key: 'expunge.delay', value: '120' } });
  const [event] = await eventsOf(server.db, answer);
  expect(event).toMatchObject({
    action: 'setting.update',
    outcome: 'SUCCEEDED',
    targetKind: 'Setting',
    targetId: 'expunge.delay',
    details: { value: { before: '86400', after: '120' } },
  });
  const { auditEvents } = await server.admin.ask<{ auditEvents: { nodes: { changedFields: unknown }[] } }>(
    `{ auditEvents(last: 1, filter: { targetId: "expunge.delay" }) { nodes { changedFields { field before after } } } }`,
  );
  expect(auditEvents.nodes[0]?.changedFields).toEqual([{ field: 'value', before: '86400', after: '120' }]);
});

test('a refusal names the permission, the target and the rule, and no value', async () => {
  const machineId = newId('VirtualMachine');
  const rename = `mutation ($input: UpdateVirtualMachineInput!) {
    updateVirtualMachine(input: $input) { virtualMachine { id } }
  }`;
  const unseen = await tenant.client.send(rename, { input: { id: machineId, name: 'web-1' } });
  expect((await eventsOf(server.db, unseen))[0]).toMatchObject({
    action: 'virtualMachine.update',
    outcome: 'NOT_FOUND',
    targetKind: 'VirtualMachine',
    targetId: machineId,
    accountId: tenant.accountId,
    details: { field: 'Mutation.updateVirtualMachine' },
  });
  const wrong = await tenant.client.send(rename, { input: { id: machineId, name: 'not-to-be-logged <b>' } });
  const [event] = await eventsOf(server.db, wrong);
  expect(event).toMatchObject({ outcome: 'VALIDATION_FAILED', details: { path: 'input.name' } });
  expect(JSON.stringify(event)).not.toContain('not-to-be-logged');
});

test('a query that is refused is told of, one that finds nothing is not', async () => {
  const refused = await tenant.client.send('{ hosts { totalCount } }');
  expect(refused.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect(await eventsOf(server.db, refused)).toMatchObject([
    { action: 'host.list', outcome: 'FORBIDDEN', details: { field: 'Query.hosts' } },
  ]);
  const empty = await tenant.client.send('{ virtualMachines { totalCount } }');
  expect(await eventsOf(server.db, empty)).toEqual([]);
});

test('a refused change leaves nothing but its event', async () => {
  const before = await server.db.selectFrom('Setting').selectAll().execute();
  const answer = await tenant.client.send(updateSetting, { input: { key: 'expunge.delay', value: '1' } });
  expect(await eventsOf(server.db, answer)).toHaveLength(1);
  expect(await server.db.selectFrom('Setting').selectAll().execute()).toEqual(before);
});

test('a wrong password is told of, with the name that was given', async () => {
  const answer = await new ApiClient(server.url).send(signInMutation, {
    input: { username: 'mallory', password: 'a wrong password' },
  });
  const events = await eventsOf(server.db, answer);
  expect(events).toMatchObject([
    { action: 'session.signIn', outcome: 'UNAUTHENTICATED', actorName: 'mallory' },
  ]);
  expect(JSON.stringify(events)).not.toContain('a wrong password');
});

test('what is done in a session names the session', async () => {
  const signedIn = await new ApiClient(server.url).send(signInMutation, {
    input: { username: 'admin', password: adminPassword },
  });
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const [entry] = await eventsOf(server.db, signedIn);
  const answer = await new ApiClient(server.url, { cookie }).send(updateSetting, {
    input: { key: 'expunge.delay', value: null },
  });
  const [event] = await eventsOf(server.db, answer);
  expect(event?.sessionId).toMatch(/^sess_/);
  expect(event).toMatchObject({ sessionId: entry?.sessionId, apiKeyId: null });
});

test('an API key that is not good is told of', async () => {
  const stranger = new ApiClient(server.url, { authorization: 'Bearer nephos_not-a-key' });
  const answer = await stranger.send('{ zones { totalCount } }');
  expect(await eventsOf(server.db, answer)).toMatchObject([
    { action: 'apiKey.use', outcome: 'UNAUTHENTICATED', actorName: 'anonymous', actorUserId: null },
  ]);
});

test.each([
  ['without credentials', {}, 'UNAUTHENTICATED'],
  ['of another origin', { origin: 'https://elsewhere.example' }, 'FORBIDDEN'],
])('a socket %s is told of', async (_what, headers, outcome) => {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    headers,
  });
  socket.on('error', () => undefined);
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
  await new Promise((resolve) => socket.once('close', resolve));
  const told = () =>
    server.db
      .selectFrom('AuditEvent')
      .selectAll()
      .where('action', '=', 'api.connect')
      .where('outcome', '=', outcome)
      .execute();
  expect(await eventually(told, (events) => events.length === 1)).toHaveLength(1);
});

describe('the list of events', () => {
  const list = async (client: ApiClient, filter: Record<string, unknown>, search?: string) => {
    const { auditEvents } = await client.ask<{
      auditEvents: { totalCount: number; nodes: Record<string, string | null>[] };
    }>(
      `query ($filter: AuditEventFilter, $search: String) {
        auditEvents(first: 500, filter: $filter, search: $search, orderBy: { field: AT, direction: DESC }) {
          totalCount nodes { at action outcome actorName actorUserId accountId sessionId apiKeyId targetId clientAddress seq }
        }
      }`,
      { filter, search },
    );
    return auditEvents.nodes;
  };

  test.each([
    [
      { action: 'setting.update' },
      (event: Record<string, string | null>) => event.action === 'setting.update',
    ],
    [{ action: 'session.' }, (event: Record<string, string | null>) => event.action!.startsWith('session.')],
    [{ outcome: 'NOT_FOUND' }, (event: Record<string, string | null>) => event.outcome === 'NOT_FOUND'],
    [{ isRefused: true }, (event: Record<string, string | null>) => event.outcome !== 'SUCCEEDED'],
    [{ isRefused: false }, (event: Record<string, string | null>) => event.outcome === 'SUCCEEDED'],
    [{ actorName: 'tenant' }, (event: Record<string, string | null>) => event.actorName === 'tenant'],
    [
      { clientAddress: '127.0.0.1' },
      (event: Record<string, string | null>) => event.clientAddress === '127.0.0.1',
    ],
    [{ targetKind: 'Setting' }, (event: Record<string, string | null>) => event.targetId?.includes('.')],
  ])('finds %j', async (filter, fits) => {
    const all = await list(server.admin, {});
    const found = await list(server.admin, filter);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThanOrEqual(all.length);
    expect(found.every(fits)).toBe(true);
  });

  test('finds by user, key, account and time, newest first', async () => {
    const ofUser = await list(server.admin, { actorUserId: tenant.userId });
    expect(ofUser.length).toBeGreaterThan(10);
    expect(await list(server.admin, { apiKeyId: tenant.apiKeyId })).toHaveLength(ofUser.length);
    expect((await list(server.admin, { accountId: tenant.accountId })).length).toBeGreaterThan(10);
    const times = ofUser.map(({ at }) => at!);
    expect(times).toEqual([...times].sort().reverse());
    const middle = times[Math.floor(times.length / 2)]!;
    const since = await list(server.admin, { actorUserId: tenant.userId, since: middle });
    const until = await list(server.admin, { actorUserId: tenant.userId, until: middle });
    expect(since.length + until.length).toBe(ofUser.length);
    expect(until.every(({ at }) => at! < middle)).toBe(true);
  });

  test('looks for text', async () => {
    const found = await list(server.admin, {}, 'mallory');
    expect(found.map(({ actorName }) => actorName)).toEqual(['mallory']);
  });

  test('shows a user what is of their account, and a domain’s administrator what is of the branch', async () => {
    const domainId = await aDomain(server.db, 'branch');
    const above = await aTenant(server, 'above', { role: roleId('Domain Admin'), domainId });
    const below = await aTenant(server, 'below', { domainId: await aDomain(server.db, 'twig', domainId) });
    await below.client.send('{ hosts { totalCount } }');
    const seenAbove = await list(above.client, {});
    expect(seenAbove.map(({ actorName }) => actorName)).toContain('below');
    expect(
      seenAbove.every(({ accountId }) => accountId === above.accountId || accountId === below.accountId),
    ).toBe(true);
    const names = (await list(tenant.client, {})).map(({ actorName }) => actorName);
    expect(new Set(names)).toEqual(new Set(['tenant']));
  });
});

test('an attacker cannot fill the disk with refusals', async () => {
  const count = async () => (await server.db.selectFrom('AuditEvent').select('id').execute()).length;
  const before = await count();
  const anonymous = new ApiClient(server.url);
  for (let index = 0; index < 200; index++)
    await anonymous.send('mutation { endSession(input: {}) { sessionId } }');
  // Sixty a minute are written, and one for all the others; a minute may end meanwhile.
  expect((await count()) - before).toBeLessThanOrEqual(121);
});
