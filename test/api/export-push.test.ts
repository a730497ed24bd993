import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { createExportScheduleRunner } from '@nephos/server/billing/export-schedule/schedule-runner.ts';
import { PublicAddresses } from '@nephos/server/platform/public-addresses.ts';
import { makeExports } from '@nephos/usage/export/export-queue.ts';
import { PushLoop } from '@nephos/usage/export/push/push-loop.ts';
import { findDueRuns } from '@nephos/usage/export/push/run-store.ts';
import { sendRun } from '@nephos/usage/export/push/send-run.ts';
import { sql } from 'kysely';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { S3Server, webhookSignature } from '../support/s3-server.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aTenant, roleId, type Tenant } from '../support/tenancy.ts';
import { aUsageHistory } from '../support/usage-history.ts';
import { serveFiles, type WebFiles } from '../support/web-files.ts';

let server: TestServer;
let acme: Tenant;
let s3: S3Server;
let hooks: WebFiles;
const folder = mkdtempSync(path.join(tmpdir(), 'nephos-push-'));
/** What came to the webhook. */
const received: { headers: IncomingMessage['headers']; body: Buffer }[] = [];
let hookStatus = 204;
/** The daemon's clock, ahead of the server's by what a test waits. */
let aheadMs = 0;
let allowedNetworks = ['127.0.0.0/8'];

beforeAll(async () => {
  server = await startTestServer();
  acme = await aTenant(server, 'acme');
  await aUsageHistory(server.db, { accounts: [acme.accountId], days: 2, each: 30 });
  // The history ends in the past: here it ended yesterday.
  await server.db
    .updateTable('UsagePeriod')
    .set({ endsAt: sql`"endsAt" + interval '100 years'` })
    .where('startsAt', '=', new Date('2026-11-02T00:00:00Z'))
    .execute();
  s3 = await new S3Server({ AKIAEXAMPLE: 'secret-of-the-bucket' }).start();
  hooks = await serveFiles({
    '/usage': (request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        received.push({ headers: request.headers, body: Buffer.concat(pieces) });
        response.writeHead(hookStatus).end();
      });
    },
    '/moved': (_request, response) => response.writeHead(302, { location: '/usage' }).end(),
  });
}, 60_000);

beforeEach(async () => {
  await server.db.deleteFrom('UsageExportSchedule').execute();
  received.length = 0;
  hookStatus = 204;
  aheadMs = 0;
  allowedNetworks = ['127.0.0.0/8'];
  s3.fault = () => undefined;
  s3.asked.length = 0;
});

afterAll(async () => {
  await hooks[Symbol.asyncDispose]();
  await s3[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  id: Id<'UsageExportRun'>;
  state: string;
  attempt: number;
  problem: string | null;
  location: string | null;
  sha256: string | null;
  size: number;
  rowCount: number;
  usageExport: { id: string } | null;
}

const runFields = 'id state attempt problem location sha256 size rowCount usageExport { id }';
const clock = { now: () => new Date(Date.now() + aheadMs) };
const bucket = () => ({
  endpoint: s3.url,
  region: 'eu-central-1',
  bucket: 'billing',
  prefix: 'usage/',
  accessKeyId: 'AKIAEXAMPLE',
  secretAccessKey: 'secret-of-the-bucket',
});
const webhook = (more: Record<string, unknown> = {}) => ({
  webhook: { url: `${hooks.url}/usage`, secret: 'a-key-for-signatures', ...more },
});

async function schedule(
  client: ApiClient,
  target: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Promise<string> {
  const { createUsageExportSchedule } = await client.ask<{
    createUsageExportSchedule: { schedule: { id: string } };
  }>(
    `mutation ($input: CreateUsageExportScheduleInput!) { createUsageExportSchedule(input: $input) { schedule { id } } }`,
    {
      input: {
        ...{ name: 'nightly', kind: 'RECORDS', format: 'CSV', range: 'PREVIOUS_DAY' },
        ...{ cron: '0 3 * * *', timeZone: 'UTC', target, ...more },
      },
    },
  );
  return createUsageExportSchedule.schedule.id;
}

async function runNow(client: ApiClient, id: string): Promise<Run> {
  const { runUsageExportSchedule } = await client.ask<{ runUsageExportSchedule: { run: Run } }>(
    `mutation ($id: ID!) { runUsageExportSchedule(input: { id: $id }) { run { ${runFields} } } }`,
    { id },
  );
  const { run } = runUsageExportSchedule;
  // The days of the history, whenever the test runs.
  await server.db
    .updateTable('UsageExport')
    .set({ coversFrom: new Date('2026-11-01T00:00:00Z'), coversUntil: new Date('2026-11-03T00:00:00Z') })
    .where('id', '=', run.usageExport?.id as Id<'UsageExport'>)
    .execute();
  await makeExports({ db: server.db, clock, log: pino({ level: 'silent' }) });
  return run;
}

/** What the usage daemon does. @param stop ends it in the middle, as its death does */
async function send(stop = new AbortController().signal): Promise<void> {
  const { db } = server;
  for (const run of await findDueRuns(db, { now: clock.now(), busy: [], limit: 10 })) {
    const masterKeyFile = path.join(server.folder, 'master.key');
    await sendRun({ db, clock, folderRoot: folder, masterKeyFile, allowedNetworks }, run, stop);
  }
}

async function look(id: string, client: ApiClient = acme.client): Promise<Run> {
  const { node } = await client.ask<{ node: Run }>(
    `query ($id: ID!) { node(id: $id) { ... on UsageExportRun { ${runFields} } } }`,
    { id },
  );
  return node;
}

async function sent(client: ApiClient, target: Record<string, unknown>, more = {}): Promise<Run> {
  const { id } = await runNow(client, await schedule(client, target, more));
  await send();
  return look(id, client);
}

const hashOf = (bytes: Buffer | undefined) =>
  createHash('sha256')
    .update(bytes ?? '')
    .digest('hex');
const keyOf = ({ location }: Run) => `/${location?.slice('s3://'.length)}`;

test('a folder gets a whole file under its own name, and nothing else', async () => {
  const run = await sent(server.admin, { folder: { folder: 'billing/daily' } });
  expect(run).toMatchObject({ state: 'SENT', problem: null, attempt: 1, rowCount: 90 });
  const place = path.join(folder, 'billing/daily');
  expect(run.location).toBe(path.join(place, `usage-records-2026-11-01-2026-11-03-${run.id}.csv`));
  expect(readdirSync(place)).toEqual([path.basename(run.location ?? '')]);
  expect(hashOf(readFileSync(run.location ?? ''))).toBe(run.sha256);
});

test('folders are for those who run the platform, below the one that is configured', async () => {
  const target = { folder: { folder: 'mine' } };
  await expect(schedule(acme.client, target)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  for (const bad of ['../etc', '/etc', 'a/../../b', '.hidden', 'a//b'])
    await expect(schedule(server.admin, { folder: { folder: bad } })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  symlinkSync('/tmp', path.join(folder, 'outside'));
  const run = await sent(server.admin, { folder: { folder: 'outside' } });
  expect(run).toMatchObject({ state: 'SENDING', problem: 'outside leads out of the folder for files' });
});

test('who no longer runs the platform has nothing written to its folders', async () => {
  const leaver = await aTenant(server, 'former-admin', { role: roleId('Root Admin') });
  const id = await schedule(leaver.client, { folder: { folder: 'leaver' } });
  const becomes = (name: string) =>
    server.db
      .updateTable('Account')
      .set({ roleId: roleId(name) })
      .where('id', '=', leaver.accountId)
      .execute();
  await becomes('User');
  await expect(runNow(leaver.client, id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('statements are sent once the month is billed', async () => {
  const id = await schedule(acme.client, webhook(), { kind: 'STATEMENTS', range: 'PREVIOUS_MONTH' });
  await expect(runNow(acme.client, id)).rejects.toThrow(/has no statements yet$/);
  const month = new Date(new Date().setUTCDate(0)).toISOString().slice(0, 7);
  const issuedAt = new Date();
  await server.db.insertInto('StatementMonth').values({ month, ratedUntil: issuedAt, issuedAt }).execute();
  expect((await runNow(acme.client, id)).state).toBe('MAKING');
});

test('a bucket gets one object, signed and checked', async () => {
  const run = await sent(acme.client, { bucket: bucket() });
  expect(run).toMatchObject({ state: 'SENT', problem: null });
  const object = s3.objects.get(keyOf(run));
  expect(hashOf(object?.body)).toBe(run.sha256);
  expect(object?.headers).toMatchObject({
    'x-amz-meta-sha256': run.sha256,
    'content-type': 'text/csv; charset=utf-8',
  });
  expect(object).toMatchObject({ made: 1, parts: 0 });
});

test('a wrong secret is told, tried again later each time, and given up in the end', async () => {
  const target = { bucket: { ...bucket(), secretAccessKey: 'another-secret' } };
  const { id } = await runNow(acme.client, await schedule(acme.client, target));
  const waited: number[] = [];
  for (;;) {
    await send();
    const { nextAttemptAt, finishedAt } = await server.db
      .selectFrom('UsageExportRun')
      .select(['nextAttemptAt', 'finishedAt'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    if (finishedAt !== null) break;
    const minutes = Math.round((nextAttemptAt.getTime() - clock.now().getTime()) / 60_000);
    waited.push(minutes);
    aheadMs += minutes * 60_000 + 1000;
  }
  expect(waited).toEqual([1, 2, 5, 15, 60, 180, 480]);
  const run = await look(id);
  expect(run).toMatchObject({ state: 'FAILED', attempt: 8 });
  expect(run.problem).toMatch(/answered 403 SignatureDoesNotMatch/);
  // With the right secret it is tried again.
  const { scheduleId } = await server.db
    .selectFrom('UsageExportRun')
    .select('scheduleId')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  await acme.client.ask(
    'mutation ($input: UpdateUsageExportScheduleInput!) { updateUsageExportSchedule(input: $input) { schedule { id } } }',
    { input: { id: scheduleId, target: { bucket: bucket() } } },
  );
  await acme.client.ask('mutation ($id: ID!) { retryUsageExportRun(input: { id: $id }) { run { id } } }', {
    id,
  });
  await send();
  expect(await look(id)).toMatchObject({ state: 'SENT', problem: null });
});

/** A run whose file has so many MiB: it stands in the database as the daemon would have made it. */
async function aLongRun(size: number): Promise<Run> {
  const run = await runNow(acme.client, await schedule(acme.client, { bucket: bucket() }));
  const exportId = run.usageExport?.id as Id<'UsageExport'>;
  const whole = Buffer.alloc(size * 1024 ** 2, 'of usage');
  await server.db.deleteFrom('UsageExportPart').where('exportId', '=', exportId).execute();
  await sql`insert into "UsageExportPart" ("exportId", "position", "content")
    select ${exportId}, piece * 1048576, convert_to(repeat('of usage', 131072), 'UTF8')
    from generate_series(0, ${size - 1}::int) as piece`.execute(server.db);
  await server.db
    .updateTable('UsageExport')
    .set({ sizeBytes: BigInt(whole.length), sha256: hashOf(whole) })
    .where('id', '=', exportId)
    .execute();
  return run;
}

test('a long file goes in parts, and goes on where it broke off', async () => {
  const { id } = await aLongRun(17);
  s3.fault = (request) => (request.includes('partNumber=3') ? 'REFUSE' : undefined);
  await send();
  expect(await look(id)).toMatchObject({ state: 'SENDING', attempt: 1 });
  expect(s3.objects.size + s3.uploads.size).toBeGreaterThan(0);
  s3.fault = () => undefined;
  s3.asked.length = 0;
  aheadMs = 120_000;
  await send();
  const run = await look(id);
  expect(run).toMatchObject({ state: 'SENT', attempt: 2 });
  expect(s3.asked.map((each) => each.replace(/\/billing.*\?/, ''))).toEqual([
    'PUT partNumber=3&uploadId',
    'POST uploadId',
  ]);
  expect(s3.objects.get(keyOf(run))).toMatchObject({ parts: 3, made: 1 });
  expect(hashOf(s3.objects.get(keyOf(run))?.body)).toBe(run.sha256);
  expect(s3.uploads.size).toBe(0);
});

test('an answer that was lost makes no second object', async () => {
  const { id } = await aLongRun(9);
  s3.fault = (request) =>
    request.startsWith('POST') && !request.includes('uploads') ? 'LOSE_ANSWER' : undefined;
  await send();
  expect(await look(id)).toMatchObject({ state: 'SENDING' });
  s3.fault = () => undefined;
  aheadMs = 120_000;
  await send();
  const run = await look(id);
  expect(run).toMatchObject({ state: 'SENT' });
  expect(s3.objects.get(keyOf(run))).toMatchObject({ made: 1, parts: 2 });
});

test('an upload that is given up leaves no parts behind', async () => {
  const { id } = await aLongRun(9);
  await server.db.updateTable('UsageExportRun').set({ attempt: 7 }).where('id', '=', id).execute();
  s3.fault = (request) => (request.includes('partNumber=2') ? 'REFUSE' : undefined);
  await send();
  expect(await look(id)).toMatchObject({ state: 'FAILED' });
  expect(s3.uploads.size).toBe(0);
});

test('a daemon that dies in the middle is followed by one that goes on', async () => {
  const { id } = await aLongRun(9);
  const dying = new AbortController();
  s3.fault = (request) => {
    if (request.includes('partNumber=2')) dying.abort();
    return undefined;
  };
  await send(dying.signal);
  expect(await look(id)).toMatchObject({ state: 'SENDING', problem: null });
  s3.fault = () => undefined;
  await send();
  const run = await look(id);
  expect(run).toMatchObject({ state: 'SENT' });
  expect(s3.objects.get(keyOf(run))?.made).toBe(1);
});

test('a webhook gets the file, and can tell that it is ours', async () => {
  const run = await sent(acme.client, webhook());
  expect(run).toMatchObject({ state: 'SENT', location: `${hooks.url}/usage` });
  const [{ headers, body } = { headers: {}, body: Buffer.alloc(0) }] = received;
  expect(hashOf(body)).toBe(run.sha256);
  expect(headers).toMatchObject({
    'nephos-delivery': run.id,
    'nephos-content-sha256': run.sha256,
    'nephos-signature': webhookSignature(headers, 'a-key-for-signatures', body),
  });
});

test('or a message that says where the file is', async () => {
  const run = await sent(acme.client, webhook({ sends: 'LINK' }));
  const [{ headers, body } = { headers: {}, body: Buffer.alloc(0) }] = received;
  expect(headers['nephos-signature']).toBe(webhookSignature(headers, 'a-key-for-signatures', body));
  const message = JSON.parse(body.toString()) as { url: string; sha256: string; rowCount: number };
  expect(message).toMatchObject({
    delivery: run.id,
    schedule: 'nightly',
    sha256: run.sha256,
    rowCount: 90,
  });
  const { authorization } = acme.client;
  const fetched = await fetch(message.url, { headers: { authorization } });
  expect(hashOf(Buffer.from(await fetched.arrayBuffer()))).toBe(run.sha256);
});

test('a program that fails, or sends one elsewhere, has not got it', async () => {
  hookStatus = 500;
  expect(await sent(acme.client, webhook())).toMatchObject({ state: 'SENDING', attempt: 1 });
  const moved = await sent(acme.client, webhook({ url: `${hooks.url}/moved` }));
  expect(moved.problem).toMatch(/answered 302$/);
});

test('private addresses are refused, whatever they are called', async () => {
  allowedNetworks = [];
  for (const url of [`${hooks.url}/usage`, hooks.url.replace('127.0.0.1', 'localhost'), 'http://[::1]:9/']) {
    const { state, problem } = await sent(acme.client, webhook({ url }));
    expect(state).toBe('SENDING');
    expect(problem).toMatch(
      /is a private address that usage\.export\.allowed\.internal\.sites does not allow$/,
    );
    await server.db.deleteFrom('UsageExportRun').execute();
  }
  expect((await sent(acme.client, { bucket: bucket() })).problem).toMatch(
    /^127\.0\.0\.1 is a private address/,
  );
  expect(received).toEqual([]);
});

test('secrets are stored sealed, shown nowhere, and do not go along to another address', async () => {
  const id = await schedule(acme.client, { bucket: bucket() });
  const { rows } = await sql<{ text: string }>`
    select concat((select string_agg(s::text, '') from "UsageExportSchedule" s),
      (select string_agg(e::text, '') from "AuditEvent" e)) as "text"`.execute(server.db);
  expect(rows[0]?.text).not.toContain('secret-of-the-bucket');
  const { secretAccessKey: _, ...without } = bucket();
  const update = (target: Record<string, unknown>) =>
    acme.client.ask(
      'mutation ($input: UpdateUsageExportScheduleInput!) { updateUsageExportSchedule(input: $input) { schedule { id target { prefix } } } }',
      { input: { id, target } },
    );
  await update({ bucket: { ...without, prefix: 'other/' } });
  await expect(
    update({ bucket: { ...without, endpoint: 'https://elsewhere.example' } }),
  ).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
  });
  await expect(update(webhook({ secret: undefined }))).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  const run = await runNow(acme.client, id);
  await send();
  expect((await look(run.id)).location).toMatch(/^s3:\/\/billing\/other\//);
});

/** What the database says once another server has looked at once, which the first would do in some seconds. */
async function onceLooked<Answer>(ask: () => Promise<Answer>, isIt: (answer: Answer) => boolean) {
  const { platform } = server.application;
  const none = { listen: '', agentUrl: '', agentListen: '' };
  const runner = createExportScheduleRunner(
    platform,
    new PublicAddresses({ publicUrl: server.url, ...none }),
  );
  runner.start();
  runner.lookSoon();
  try {
    return await eventually(ask, isIt);
  } finally {
    await runner.stop();
  }
}

test('what is due is ordered once, and what was missed is made up for', async () => {
  const id = (await schedule(acme.client, webhook())) as Id<'UsageExportSchedule'>;
  const first = new Date(Date.now() - 2 * 86_400_000);
  first.setUTCHours(3, 0, 0, 0);
  await server.db.updateTable('UsageExportSchedule').set({ nextRunAt: first }).where('id', '=', id).execute();
  const runs = await onceLooked(
    () =>
      server.db
        .selectFrom('UsageExportRun')
        .select(['dueAt', 'coversFrom', 'coversUntil'])
        .where('scheduleId', '=', id)
        .orderBy('dueAt')
        .execute(),
    ({ length }) => length >= 2,
  );
  const midnight = new Date(first);
  midnight.setUTCHours(0);
  expect(runs[0]).toEqual({
    dueAt: first,
    coversFrom: new Date(midnight.getTime() - 86_400_000),
    coversUntil: midnight,
  });
  expect(runs[1]?.dueAt.getTime()).toBe(first.getTime() + 86_400_000);
});

test('a user who is disabled gets no files, and it is said why', async () => {
  const other = await aTenant(server, 'leaver');
  const id = (await schedule(other.client, webhook())) as Id<'UsageExportSchedule'>;
  await server.db.updateTable('User').set({ state: 'DISABLED' }).where('id', '=', other.userId).execute();
  const due = new Date(Date.now() - 60_000);
  await server.db.updateTable('UsageExportSchedule').set({ nextRunAt: due }).where('id', '=', id).execute();
  const { problem } = await onceLooked(
    () =>
      server.db
        .selectFrom('UsageExportSchedule')
        .select(['problem', 'nextRunAt'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow(),
    (row) => row.problem !== null,
  );
  expect(problem).toBe('its user is disabled');
});

test('the daemon sends what is due, one after the other of a user, to networks that a setting allows', async () => {
  const first = await runNow(acme.client, await schedule(acme.client, webhook()));
  const second = await runNow(acme.client, await schedule(acme.client, webhook()));
  const networks = { key: 'usage.export.allowed.internal.sites', value: '127.0.0.0/8' };
  await server.db.insertInto('Setting').values(networks).execute();
  const masterKeyFile = path.join(server.folder, 'master.key');
  const log = pino({ level: 'silent' });
  const loop = new PushLoop({ db: server.db, clock, log, folderRoot: folder, masterKeyFile });
  loop.wake();
  await eventually(
    () => Promise.all([look(first.id), look(second.id)]),
    (runs) => runs.every(({ state }) => state === 'SENT'),
  );
  await loop.stop();
  expect(received.map(({ headers }) => headers['nephos-delivery'])).toEqual([first.id, second.id]);
});

test('a file that was deleted on its way is not sent', async () => {
  const run = await runNow(acme.client, await schedule(acme.client, webhook()));
  await acme.client.ask('mutation ($id: ID!) { deleteUsageExport(input: { id: $id }) { exportId } }', {
    id: run.usageExport?.id,
  });
  await send();
  expect(await look(run.id)).toMatchObject({
    state: 'FAILED',
    problem: 'its file was deleted before it was sent',
  });
});

test('what cannot be is refused, with field and rule', async () => {
  const violations = async (target: Record<string, unknown>, more = {}) => {
    const error = await schedule(acme.client, target, more).then(
      () => ({ details: { violations: [] } }),
      (reason: unknown) => reason as { details: { violations: { path: string }[] } },
    );
    return error.details.violations.map((each) => each.path);
  };
  expect(await violations({})).toEqual(['input.target']);
  expect(await violations({ ...webhook(), bucket: bucket() })).toEqual(['input.target']);
  expect(await violations(webhook({ url: 'ftp://example.org' }))).toEqual(['input.target.webhook.url']);
  expect(await violations(webhook({ secret: 'short' }))).toEqual(['input.target.webhook.secret']);
  expect(await violations(webhook({ secret: undefined }))).toEqual(['input.target.webhook.secret']);
  expect(
    await violations({ bucket: { ...bucket(), bucket: 'Big_Bucket', prefix: '../x', region: '' } }),
  ).toEqual(['input.target.bucket.region', 'input.target.bucket.bucket', 'input.target.bucket.prefix']);
  expect(await violations({ bucket: { ...bucket(), prefix: 'a/./b' } })).toEqual([
    'input.target.bucket.prefix',
  ]);
  expect(await violations(webhook(), { cron: '*/30 * * * *' })).toEqual(['input.cron']);
  expect(await violations(webhook(), { kind: 'STATEMENTS' })).toEqual(['input.range']);
});

test('runs are found by their schedule and by how far they are', async () => {
  const done = await sent(acme.client, webhook());
  const waiting = await runNow(acme.client, await schedule(acme.client, webhook(), { name: 'weekly' }));
  const found = async (filter: Record<string, unknown>) => {
    const { usageExportRuns } = await acme.client.ask<{ usageExportRuns: { nodes: { id: string }[] } }>(
      'query ($filter: UsageExportRunFilter) { usageExportRuns(filter: $filter) { nodes { id } } }',
      { filter },
    );
    return usageExportRuns.nodes.map(({ id }) => id);
  };
  expect(await found({})).toEqual([done.id, waiting.id]);
  expect(await found({ state: ['SENT'] })).toEqual([done.id]);
  expect(await found({ state: ['MAKING', 'SENDING'] })).toEqual([waiting.id]);
});

test('a run is known by its id alone to its user', async () => {
  const run = await sent(acme.client, webhook());
  const other = await aTenant(server, 'somebody');
  expect(await look(run.id, other.client)).toBeNull();
  expect(await look(newId('UsageExportRun'))).toBeNull();
});
