import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAuditLog, type AuditLog } from '../support/audit-log.ts';

const day = new Date('2026-03-10T08:00:00Z');
let log: AuditLog;

beforeEach(async () => {
  log = await createAuditLog();
  await log.append(12, day);
  await log.append(8, new Date(day.getTime() + 3_600_000));
  expect(await log.verify()).toMatchObject({ events: 20, break: undefined });
});

afterEach(() => log[Symbol.asyncDispose]());

const run = (statement: string) => sql.raw(statement).execute(log.db);

/** Everything in an event that a hand could change. */
const edits: Record<string, string> = {
  action: `"action" = 'zone.create'`,
  outcome: `"outcome" = 'FORBIDDEN'`,
  'who did it': `"actorName" = 'somebody else'`,
  'a value that was not there': `"accountId" = 'acct_someone'`,
  'a value that is empty instead of absent': `"clientAddress" = ''`,
  'the moment': `"at" = "at" + interval '1 millisecond'`,
  details: `"details" = '{"index": 99}'`,
  'details by an empty member': `"details" = "details" || '{"more": null}'`,
  id: `"id" = 'evt_01hzzzzzzzzzzzzzzzzzzzzzzz'`,
  hash: `"hash" = '\\x00'`,
};

describe('an event is edited:', () => {
  test.each(Object.entries(edits))('%s', async (_what, edit) => {
    await run(`update "AuditEvent" set ${edit} where "seq" = 7`);
    const report = await log.verify();
    expect(report.break).toMatchObject({
      kind: 'CHANGED',
      message: expect.stringContaining('number 7') as string,
    });
    expect(report.events).toBe(6);
  });
});

test('the first event is edited', async () => {
  await run(`update "AuditEvent" set "outcome" = 'x' where "seq" = 1`);
  expect(await log.verify()).toMatchObject({ events: 0, break: { kind: 'CHANGED' } });
});

test('an event is deleted', async () => {
  await run('delete from "AuditEvent" where "seq" = 7');
  const { break: found } = await log.verify();
  expect(found?.kind).toBe('MISSING');
  expect(found?.message).toMatch(
    /^event 7 was removed between event evt_\w+ \(number 6, .*\) and event evt_\w+ \(number 8, /,
  );
});

test('several events are deleted, and those behind them numbered anew', async () => {
  await run('delete from "AuditEvent" where "seq" between 7 and 9');
  await run('update "AuditEvent" set "seq" = "seq" - 3 where "seq" > 9');
  expect(await log.verify()).toMatchObject({ events: 6, break: { kind: 'CHANGED' } });
});

test('the last events are deleted', async () => {
  await run('delete from "AuditEvent" where "seq" > 17');
  const { break: found } = await log.verify();
  expect(found).toEqual({
    kind: 'END_CUT_OFF',
    message: 'the end was cut off: events 18 to 20 were removed',
  });
});

test('the last events are deleted, and the head is put back', async () => {
  await run('delete from "AuditEvent" where "seq" > 17');
  await run(`update "AuditChainEnd" e set "seq" = a."seq", "hash" = a."hash"
    from "AuditEvent" a where e."name" = 'head' and a."seq" = 17`);
  expect((await log.verify()).break).toMatchObject({ kind: 'END_CHANGED' });
});

test('the first events are deleted', async () => {
  await run('delete from "AuditEvent" where "seq" < 4');
  const { break: found } = await log.verify();
  expect(found?.kind).toBe('BEGINNING_CUT_OFF');
  expect(found?.message).toMatch(/^the beginning was cut off: events 1 to 3 were removed before/);
});

test('the first events are deleted, and the tail is moved', async () => {
  await run(`update "AuditChainEnd" e set "seq" = a."seq", "hash" = a."hash"
    from "AuditEvent" a where e."name" = 'tail' and a."seq" = 3`);
  await run('delete from "AuditEvent" where "seq" < 4');
  expect((await log.verify()).break).toMatchObject({ kind: 'END_CHANGED' });
});

test('all events are deleted', async () => {
  await run('delete from "AuditEvent"');
  expect((await log.verify()).break).toMatchObject({ kind: 'END_CUT_OFF' });
});

test.each(['head', 'tail'])('the row of the %s is deleted, and nobody makes it anew', async (name) => {
  await run(`delete from "AuditChainEnd" where "name" = '${name}'`);
  const { break: found } = await log.verify();
  expect(found).toEqual({ kind: 'END_CHANGED', message: `the ${name} of the audit chain was removed` });
  const { AuditChain } = await import('@nephos/server/platform/audit/chain.ts');
  const { Sealing } = await import('@nephos/server/platform/sealing.ts');
  await AuditChain.open(log.db, Sealing.fromFile(log.masterKeyFile));
  expect((await log.verify()).break).toEqual(found);
  if (name === 'head') await expect(log.append(1, day)).rejects.toThrow(/removed/);
});

test('two events change places', async () => {
  await run(`update "AuditEvent" set "seq" = 25 - "seq" where "seq" in (12, 13)`);
  expect(await log.verify()).toMatchObject({ events: 11, break: { kind: 'CHANGED' } });
});

test('two events change places, hashes and all', async () => {
  await run(`update "AuditEvent" a set "seq" = b."seq", "hash" = b."hash" from "AuditEvent" b
    where a."seq" in (12, 13) and b."seq" = 25 - a."seq"`);
  expect(await log.verify()).toMatchObject({ events: 11, break: { kind: 'CHANGED' } });
});

/** Puts an event in a second time: with another id, since the database refuses the same. */
const copy = (values: string) => `
  insert into "AuditEvent" ("id", "at", "action", "outcome", "actorName", "traceId", "details", "seq", "hash")
  select 'evt_' || repeat('7', 26), "at", "action", "outcome", "actorName", "traceId", "details", ${values}
  from "AuditEvent" where "seq" = 7`;

test('a copy of an event is put in beside it', async () => {
  await run(copy('"seq", "hash"'));
  expect((await log.verify()).break).toMatchObject({ kind: 'ADDED' });
});

test('a copy of an event is put in at the end', async () => {
  await run(copy('21, "hash"'));
  expect((await log.verify()).break).toMatchObject({ kind: 'CHANGED' });
});

test('a copy of an event is put in before the beginning', async () => {
  await run(copy('0, "hash"'));
  expect((await log.verify()).break).toMatchObject({ kind: 'ADDED' });
});

test('an event is taken out of the chain', async () => {
  await run('update "AuditEvent" set "seq" = null, "hash" = null where "seq" = 20');
  expect((await log.verify()).break).toMatchObject({ kind: 'END_CUT_OFF' });
});

test('an event that no server seals is told of after a minute', async () => {
  await log.appendUnsealed(1, new Date(day.getTime() + 7_200_000));
  const after = (seconds: number) => new Date(day.getTime() + 7_200_000 + seconds * 1000);
  expect(await log.verify(after(30))).toMatchObject({ events: 20, break: undefined });
  expect((await log.verify(after(61))).break).toMatchObject({ kind: 'UNSEALED' });
  await log.seal();
  expect(await log.verify(after(61))).toMatchObject({ events: 21, break: undefined });
});

test('another key makes other hashes', async () => {
  await using other = await createAuditLog();
  const { rows } = await sql<{
    hash: Buffer;
  }>`select "hash" from "AuditChainEnd" where "name" = 'head'`.execute(log.db);
  await other.append(20, day);
  const theirs = await sql<{
    hash: Buffer;
  }>`select "hash" from "AuditChainEnd" where "name" = 'head'`.execute(other.db);
  expect(rows[0]?.hash.equals(theirs.rows[0]!.hash)).toBe(false);
});
