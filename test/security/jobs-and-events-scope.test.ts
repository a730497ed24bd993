import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { ProductProcess } from '../support/child-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { deploy, registerTemplate, serviceOfferingId, type Deployed } from '../support/machines.ts';
import { adminPassword, startTestServer, type TestServer } from '../support/server.ts';
import { aTenant, type Tenant } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';
import { freePort } from '../support/free-port.ts';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

describe('what secrets leave behind', () => {
  let database: TestDatabase;
  let server: ProductProcess;
  let folder: string;
  let url: string;
  /** By what they are. */
  const secrets = new Map<string, string>();

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = mkdtempSync(path.join(tmpdir(), 'nephos-secrets-'));
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    server = new ProductProcess('server/main.ts', {
      DATABASE_URL: database.url,
      NEPHOS_HTTP_PORT: String(port),
      NEPHOS_AGENT_PORT: String(await freePort()),
      NEPHOS_MASTER_KEY_FILE: path.join(folder, 'master.key'),
      NEPHOS_ADMIN_PASSWORD: adminPassword,
      NEPHOS_LOG_LEVEL: 'trace',
    });
    await server.message();
    await useSecrets();
  }, 60_000);

  afterAll(async () => {
    await server.kill();
    await database[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Sends and receives a secret of every kind, rightly and wrongly. */
  async function useSecrets(): Promise<void> {
    const anonymous = new ApiClient(url);
    const signIn = 'mutation ($input: SignInInput!) { signIn(input: $input) { __typename } }';
    const guess = 'a guess nobody should read';
    secrets.set('a wrong password', guess).set('the admin’s password', adminPassword);
    await anonymous.send(signIn, { input: { username: 'admin', password: guess } });
    const signedIn = await anonymous.send(signIn, { input: { username: 'admin', password: adminPassword } });
    const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    secrets.set('a session cookie', cookie.split('=')[1] ?? '');
    const admin = new ApiClient(url, { cookie });
    const { createApiKey } = await admin.ask<{ createApiKey: { token: string } }>(
      'mutation { createApiKey(input: { name: "program" }) { token } }',
    );
    secrets.set('an API key', createApiKey.token);
    secrets.set('a wrong API key', 'nephos_wrong-key-that-nobody-should-read');
    await new ApiClient(url, { authorization: `Bearer ${secrets.get('a wrong API key')}` }).send(
      '{ zones { totalCount } }',
    );
    const create =
      'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } setupToken } }';
    secrets.set('a new user’s password', 'first words of hers');
    const lin = { name: 'lin', username: 'lin', password: 'first words of hers', mustChangePassword: false };
    await admin.ask(create, { input: lin });
    // Once more, with a key that is kept for a day: the input must not be kept with it, nor shown in the refusal.
    await admin.send(create, { input: { ...lin, idempotencyKey: 'again' } });
    const { createAccount } = await admin.ask<{ createAccount: { setupToken: string } }>(create, {
      input: { name: 'mei', username: 'mei' },
    });
    secrets.set('a setup link', createAccount.setupToken);
    const token = await admin.ask<{ createEnrolmentToken: { token: string } }>(
      'mutation { createEnrolmentToken(input: { kind: HOST, uses: 1, validMinutes: 5 }) { token } }',
    );
    secrets.set('an enrolment token', token.createEnrolmentToken.token.split('.').at(-1) ?? '');
    const linSession = await anonymous.send(signIn, {
      input: { username: 'lin', password: 'first words of hers' },
    });
    const asLin = new ApiClient(url, {
      cookie: (linSession.headers.get('set-cookie') ?? '').split(';')[0] ?? '',
    });
    const change = 'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { username } }';
    secrets.set('a changed password', 'second words of hers').set('a password that was too weak', 'lin-lin');
    await asLin.send(change, { input: { currentPassword: 'first words of hers', newPassword: 'lin-lin' } });
    await asLin.ask(change, {
      input: { currentPassword: 'first words of hers', newPassword: 'second words of hers' },
    });
    secrets.set('the master key', readFileSync(path.join(folder, 'master.key'), 'utf8').trim());
    for (const [what, secret] of secrets) if (secret.length < 7) throw new Error(`${what} is not known`);
  }

  test('nothing in the log, however much is logged', () => {
    const log = JSON.stringify(server.lines);
    expect(server.lines.length).toBeGreaterThan(1);
    for (const [what, secret] of secrets) expect(log.includes(secret), what).toBe(false);
  });

  test('nothing in any table of the database', async () => {
    const { rows: tables } = await sql<{ name: string }>`
      select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE'`.execute(database.db);
    expect(tables.length).toBeGreaterThan(30);
    for (const { name } of tables) {
      const { rows } = await sql<{ text: string }>`select t::text as text from ${sql.table(name)} t`.execute(
        database.db,
      );
      const content = rows.map(({ text }) => text).join('\n');
      for (const [what, secret] of secrets)
        expect(content.includes(secret), `${what} in ${name}`).toBe(false);
    }
  });
});

describe('another tenant’s work', () => {
  let server: TestServer;
  let zone: TestZone;
  let owner: Tenant;
  let stranger: Tenant;
  let templateId: string;
  let jobId: string;

  const machine = async (name: string) => ({
    name,
    zoneId: zone.zoneId,
    serviceOfferingId: await serviceOfferingId(owner.client),
    templateId,
  });

  beforeAll(async () => {
    server = await startTestServer();
    zone = await createTestZone(server, { hosts: 1 });
    owner = await aTenant(server, 'owner');
    stranger = await aTenant(server, 'stranger');
    templateId = await registerTemplate(server.admin, zone.zoneId);
    jobId = (await deploy(owner.client, await machine('secret-project'))).job.id;
  }, 60_000);

  afterAll(async () => {
    await owner.client.close();
    await stranger.client.close();
    await zone[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  test.each(['jobs', 'auditEvents', 'usageRecords', 'virtualMachines', 'volumes'])(
    'is not in %s',
    async (list) => {
      const { data, errors } = await stranger.client.send(
        `{ ${list}(first: 500) { nodes { __typename id } } }`,
      );
      expect(errors).toBeUndefined();
      const { nodes } = (data as Record<string, { nodes: { id: string }[] }>)[list]!;
      const table = { jobs: 'Job', auditEvents: 'AuditEvent', usageRecords: 'UsageRecord' }[list];
      if (table === undefined) {
        expect(nodes).toEqual([]);
        return;
      }
      const { rows } = await sql<{ accountId: string }>`
      select "accountId" from ${sql.table(table)} where "id" = any(${nodes.map(({ id }) => id)})`.execute(
        server.db,
      );
      expect(rows.every(({ accountId }) => accountId === stranger.accountId)).toBe(true);
    },
  );

  test.each(['cancelJob', 'resumeJob'])('is not there for %s', async (mutation) => {
    const { errors } = await stranger.client.send(
      `mutation ($id: ID!) { ${mutation}(input: { id: $id }) { __typename } }`,
      { id: jobId },
    );
    expect(errors?.[0]?.extensions.code).toMatch(/^(NOT_FOUND|FORBIDDEN)$/);
    expect(errors?.[0]?.message).not.toContain('secret-project');
  });

  test('does not pass by in subscriptions', async () => {
    const seen: unknown[] = [];
    const follow = async (query: string) => {
      for await (const event of stranger.client.follow(query)) seen.push(event);
    };
    const following = [
      follow('subscription { jobs { id } }'),
      follow('subscription { changes { changes { id kind } } }'),
      follow('subscription { virtualMachineChanged { id operation } }'),
    ].map((each) => each.catch((error: unknown) => error));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const mine: unknown[] = [];
    const own = owner.client.follow('subscription { jobs { id } }');
    const first = own.next();
    const { deployVirtualMachine } = await owner.client.ask<Deployed>(
      'mutation ($input: DeployVirtualMachineInput!) { deployVirtualMachine(input: $input) { virtualMachine { id } job { id } } }',
      { input: await machine('second-secret') },
    );
    mine.push((await first).value);
    expect(mine).not.toEqual([undefined]);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const text = JSON.stringify(seen);
    expect(text).not.toContain(deployVirtualMachine.virtualMachine.id);
    expect(text).not.toContain(deployVirtualMachine.job.id);
    await stranger.client.close();
    await Promise.all(following);
  });
});
