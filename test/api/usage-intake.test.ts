import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { appendUsage, type UsageFacts } from '@nephos/server/billing/usage-events.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let accountId: Id<'Account'>;

beforeAll(async () => {
  server = await startTestServer();
  ({ id: accountId } = await server.db.selectFrom('Account').select('id').executeTakeFirstOrThrow());
});

afterAll(() => server[Symbol.asyncDispose]());

const zoneId = newId('Zone');

const facts = (resourceId: string, more: Partial<UsageFacts> = {}): UsageFacts => ({
  kind: 'VM_START',
  at: new Date(),
  accountId,
  zoneId,
  resourceId,
  resourceName: 'web',
  attributes: { cpuCount: 2 },
  ...more,
});

const append = (events: UsageFacts[], source?: Parameters<typeof appendUsage>[2]) =>
  server.db.transaction().execute((tx) => appendUsage(tx, events, source));

/** The numbered events of some things, once nothing is pending. */
async function stored(...resourceIds: string[]) {
  await eventually(
    () => server.db.selectFrom('UsageEventPending').select('id').executeTakeFirst(),
    (pending) => pending === undefined,
  );
  return server.db
    .selectFrom('UsageEvent')
    .selectAll()
    .where('resourceId', 'in', resourceIds)
    .orderBy('seq')
    .execute();
}

test('events are numbered in the order in which they were appended, with their owner’s domain', async () => {
  const id = newId('VirtualMachine');
  await append([facts(id, { kind: 'VM_CREATE' }), facts(id)]);
  await append([facts(id, { kind: 'VM_STOP' })]);
  const events = await stored(id);
  expect(events.map(({ kind }) => kind)).toEqual(['VM_CREATE', 'VM_START', 'VM_STOP']);
  const { domainId } = await server.db.selectFrom('Account').select('domainId').executeTakeFirstOrThrow();
  expect(new Set(events.map((event) => event.domainId))).toEqual(new Set([domainId]));
});

test('what a source tells of a thing is stored once: told twice at once, and again later', async () => {
  const [one, other] = [newId('VirtualMachine'), newId('VirtualMachine')];
  const source = { id: newId('Job'), part: 'start' };
  await server.db.transaction().execute(async (tx) => {
    await appendUsage(tx, [facts(one), facts(other)], source);
    await appendUsage(tx, [facts(one)], source);
  });
  await Promise.all([append([facts(one)], source), append([facts(other)], source)]);
  expect(await stored(one, other)).toHaveLength(2);
  await append([facts(one, { at: new Date(Date.now() + 1000) })], source);
  await append([facts(one, { kind: 'VM_STOP' })], { ...source, part: 'stop' });
  expect((await stored(one)).map(({ kind }) => kind)).toEqual(['VM_START', 'VM_STOP']);
});

test('without a source each is one of its own', async () => {
  const id = newId('VirtualMachine');
  await append([facts(id)]);
  await append([facts(id)]);
  expect(await stored(id)).toHaveLength(2);
});

test('one that tells of a time long past finds its place', async () => {
  const id = newId('VirtualMachine');
  await append([facts(id, { at: new Date('2021-05-05T05:05:05.000Z') }), facts(id)]);
  expect((await stored(id)).map(({ at }) => at.getUTCFullYear())).toEqual([
    2021,
    new Date().getUTCFullYear(),
  ]);
});

test('an event of nobody is refused with all that was to happen', async () => {
  const id = newId('VirtualMachine');
  await expect(append([facts(id, { accountId: newId('Account') })])).rejects.toThrow(/domainId/);
  expect(await stored(id)).toEqual([]);
});
