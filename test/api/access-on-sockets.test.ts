import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '@nephos/model/kernel/ids.ts';
import { hashSecret, newSecret } from '@nephos/server/identity/secrets.ts';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { followEvents } from '../support/event-stream.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aTenant, anApiKey, roleId, type Tenant } from '../support/tenancy.ts';

/** Within this, whoever lost a right sees nothing more. */
const withinMs = 2000;

let server: TestServer;
let number = 0;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const tenant = (role?: string) =>
  aTenant(server, `socket-${++number}`, role === undefined ? {} : { role: roleId(role) });

/** A browser's session of a tenant. @returns the headers that it sends */
async function aSession({ userId }: Tenant): Promise<{ cookie: string }> {
  const secret = newSecret();
  await server.db
    .insertInto('UserSession')
    .values({
      id: newId('UserSession'),
      userId,
      tokenHash: hashSecret(secret),
      clientAddress: '127.0.0.1',
      userAgent: 'test',
      lastSeenAt: new Date(),
      expiresAt: new Date(Date.now() + 3_600_000),
    })
    .execute();
  return { cookie: `nephos=${secret}` };
}

type Headers = Record<string, string>;

interface Stream {
  /** Ids of what it was told of. */
  seen: string[];
  /** Resolves once it is closed, with the close code of a socket. */
  closed: Promise<number | undefined>;
  stop(): void;
}

const subscription =
  'subscription { changes(filter: { kinds: ["ApiKey", "Project", "User"] }) { changes { id } } }';

interface Batch {
  changes: { changes: { id: string }[] };
}

function overWebSocket(headers: Headers): Stream {
  const seen: string[] = [];
  const { promise: closed, resolve } = Promise.withResolvers<number | undefined>();
  const client = createClient({
    url: `${server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: class extends WebSocket {
      constructor(address: string, protocols?: string | string[]) {
        super(address, protocols, { headers });
      }
    },
    retryAttempts: 0,
    on: {
      closed: (event) => resolve((event as { code: number }).code),
    },
  });
  client.subscribe<Batch>(
    { query: subscription },
    {
      next: ({ data }) => seen.push(...(data?.changes.changes.map(({ id }) => id) ?? [])),
      error: () => undefined,
      complete: () => undefined,
    },
  );
  return { seen, closed, stop: () => void client.dispose() };
}

function overEvents(headers: Headers): Stream {
  const seen: string[] = [];
  const { promise: closed, resolve } = Promise.withResolvers<number | undefined>();
  const stopping = new AbortController();
  void (async () => {
    try {
      const events = followEvents<Batch>(server.url, headers, { query: subscription }, stopping.signal);
      for await (const { changes } of events) seen.push(...changes.changes.map(({ id }) => id));
    } catch {
      // Closed from either end.
    }
    resolve(undefined);
  })();
  return { seen, closed, stop: () => stopping.abort() };
}

const transports = [
  { transport: 'WebSocket', open: overWebSocket, ended: 4403, changed: 4205 },
  { transport: 'server-sent events', open: overEvents, ended: undefined, changed: undefined },
];

/** Changes something of a tenant's own, again and again, until a stream was told of what it should be. */
async function untilSeen(stream: Stream, id: string, act: () => Promise<unknown>): Promise<void> {
  await eventually(
    async () => {
      await act();
      await sleep(50);
      return stream.seen.includes(id);
    },
    (isSeen) => isSeen,
    10,
  );
}

const touch = ({ userId }: Tenant) =>
  server.db
    .updateTable('User')
    .set({ displayName: `touched ${++number}` })
    .where('id', '=', userId)
    .execute();

/** Sees to it that a stream works, does something, and expects the stream to be closed soon. */
async function expectClosed(
  stream: Stream,
  { of, act, code }: { of: Tenant; act: () => Promise<unknown>; code: number | undefined },
) {
  await untilSeen(stream, of.userId, () => touch(of));
  await act();
  const from = performance.now();
  const late = sleep(withinMs, 'still open', { ref: false });
  expect(await Promise.race([stream.closed, late])).toBe(code);
  expect(performance.now() - from).toBeLessThan(withinMs + 500);
}

const byAdmin = (query: string, input: Record<string, unknown>) => server.admin.ask(query, { input });

describe.each(transports)('over $transport', ({ open, ended, changed }) => {
  test('signing out closes it', async () => {
    const somebody = await tenant();
    const headers = await aSession(somebody);
    const stream = open(headers);
    const act = () =>
      new ApiClient(server.url, headers).ask('mutation { endSession(input: {}) { sessionId } }');
    await expectClosed(stream, { of: somebody, act, code: ended });
  });

  test.each([
    ['disableAccount', 'AccountInput', 'accountId'],
    ['lockAccount', 'AccountInput', 'accountId'],
    ['disableUser', 'UserInput', 'userId'],
    ['lockUser', 'UserInput', 'userId'],
  ] as const)('%s closes it', async (mutation, type, of) => {
    const somebody = await tenant();
    for (const headers of [await aSession(somebody), { authorization: somebody.client.authorization }]) {
      const stream = open(headers);
      const act = () =>
        byAdmin(`mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename } }`, {
          id: somebody[of],
        });
      await expectClosed(stream, { of: somebody, act, code: ended });
      await byAdmin(
        `mutation ($input: ${type}!) { ${mutation.replace(/lock|disable/, 'enable')}(input: $input) { __typename } }`,
        { id: somebody[of] },
      );
    }
  });

  test('another role closes it, and whoever comes back has the rights of that role', async () => {
    const somebody = await tenant('Domain Admin (read-only)');
    const headers = { authorization: somebody.client.authorization };
    const stream = open(headers);
    const act = () =>
      byAdmin('mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { account { id } } }', {
        id: somebody.accountId,
        roleId: roleId('User'),
      });
    await expectClosed(stream, { of: somebody, act, code: changed });
    const again = open(headers);
    await untilSeen(again, somebody.userId, () => touch(somebody));
    const stranger = await tenant();
    again.seen.length = 0;
    await touch(stranger);
    await untilSeen(again, somebody.userId, () => touch(somebody));
    expect(again.seen).not.toContain(stranger.userId);
    again.stop();
  });

  test('a role whose rules change closes the sockets of all who have it', async () => {
    const { createRole } = await server.admin.ask<{ createRole: { role: { id: string } } }>(
      'mutation ($input: CreateRoleInput!) { createRole(input: $input) { role { id } } }',
      {
        input: {
          name: `Follower ${++number}`,
          description: 'Follows.',
          accountType: 'USER',
          rules: [
            { pattern: '*.list', effect: 'ALLOW' },
            { pattern: 'change.follow', effect: 'ALLOW' },
          ],
        },
      },
    );
    const somebody = await aTenant(server, `socket-${++number}`, { role: createRole.role.id as never });
    const stream = open({ authorization: somebody.client.authorization });
    const act = () =>
      byAdmin('mutation ($input: UpdateRoleInput!) { updateRole(input: $input) { role { id } } }', {
        id: createRole.role.id,
        rules: [{ pattern: 'change.follow', effect: 'ALLOW' }],
      });
    await expectClosed(stream, { of: somebody, act, code: changed });
  });

  test('revoking an API key closes what came by it, and nothing else', async () => {
    const somebody = await tenant();
    const other = await anApiKey(server, somebody);
    const [kept, lost] = [
      open({ authorization: somebody.client.authorization }),
      open({ authorization: other.client.authorization }),
    ];
    const act = () =>
      somebody.client.ask(
        'mutation ($input: DeleteApiKeyInput!) { deleteApiKey(input: $input) { apiKeyId } }',
        {
          input: { id: other.apiKeyId },
        },
      );
    await expectClosed(lost, { of: somebody, act, code: ended });
    expect(await Promise.race([kept.closed, sleep(300, 'open')])).toBe('open');
    kept.stop();
  });

  test('a session that runs out closes it', async () => {
    const somebody = await tenant();
    const headers = await aSession(somebody);
    const expiresAt = Date.now() + 5000;
    await server.db
      .updateTable('UserSession')
      .set({ expiresAt: new Date(expiresAt) })
      .where('userId', '=', somebody.userId)
      .execute();
    const stream = open(headers);
    const act = () => sleep(Math.max(0, expiresAt - Date.now()));
    await expectClosed(stream, { of: somebody, act, code: ended });
  });

  test('who leaves a project is told of it no more, on the socket that is open', async () => {
    const [owner, member] = [await tenant(), await tenant()];
    const { createProject } = await owner.client.ask<{
      createProject: { project: { id: string; account: { id: string } } };
    }>(
      'mutation ($input: CreateProjectInput!) { createProject(input: $input) { project { id account { id } } } }',
      {
        input: { name: `shared ${++number}` },
      },
    );
    const projectId = createProject.project.id;
    await server.db
      .insertInto('ProjectMember')
      .values({ projectId: projectId as never, accountId: member.accountId, role: 'MEMBER' })
      .execute();
    const stream = open({ authorization: member.client.authorization });
    const rename = (name: string) =>
      owner.client.ask(
        'mutation ($input: UpdateProjectInput!) { updateProject(input: $input) { project { id } } }',
        {
          input: { id: projectId, displayText: name },
        },
      );
    await untilSeen(stream, projectId, () => rename('before'));
    await owner.client.ask(
      'mutation ($input: RemoveProjectMemberInput!) { removeProjectMember(input: $input) { accountId } }',
      { input: { projectId, accountId: member.accountId } },
    );
    await sleep(withinMs / 2);
    stream.seen.length = 0;
    await rename('after');
    await untilSeen(stream, member.userId, () => touch(member));
    expect(stream.seen, 'its own things it still follows').not.toContain(projectId);
    stream.stop();
  });
});
