import { BrokenChain, removeEventsBefore } from '@nephos/server/platform/audit/retention.ts';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAuditLog, type AuditLog } from '../support/audit-log.ts';

let log: AuditLog;

beforeEach(async () => {
  log = await createAuditLog();
});

afterEach(() => log[Symbol.asyncDispose]());

const at = (text: string) => new Date(text);
const remove = (before: string) => removeEventsBefore(log.db, log.chain, at(before));

async function partitions(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = '"AuditEvent"'::regclass order by 1`.execute(log.db);
  return rows.map(({ name }) => name);
}

test('months go, the chain begins behind them, and goes on', async () => {
  await log.append(5, at('2025-01-15T00:00:00Z'));
  await log.append(4, at('2025-02-15T00:00:00Z'));
  await log.append(3, at('2025-03-15T00:00:00Z'));
  expect(await remove('2025-03-01T00:00:00Z')).toBe(9);
  expect(await partitions()).not.toContain('AuditEvent_202502');
  expect(await log.verify()).toMatchObject({ events: 3, break: undefined });
  await log.append(2, at('2025-04-01T00:00:00Z'));
  expect(await log.verify()).toMatchObject({ events: 5, break: undefined });
  // The first that is left is guarded as before.
  await sql`delete from "AuditEvent" where "seq" = 10`.execute(log.db);
  expect((await log.verify()).break).toMatchObject({ kind: 'BEGINNING_CUT_OFF' });
});

test('everything may go', async () => {
  await log.append(5, at('2025-01-15T00:00:00Z'));
  expect(await remove('2026-01-01T00:00:00Z')).toBe(5);
  expect(await log.verify()).toMatchObject({ events: 0, break: undefined });
  await log.append(1, at('2026-01-02T00:00:00Z'));
  expect(await log.verify()).toMatchObject({ events: 1, break: undefined });
});

test('nothing to remove moves nothing', async () => {
  await log.append(5, at('2025-01-15T00:00:00Z'));
  expect(await remove('2024-01-01T00:00:00Z')).toBe(0);
  expect(await log.verify()).toMatchObject({ events: 5, break: undefined });
});

test('what was sealed in another order around midnight stays until its turn', async () => {
  await log.append(2, at('2025-01-31T23:00:00Z'));
  await log.append(1, at('2025-02-01T00:00:00Z'));
  // A transaction that took long: its event is of January, and comes after one of February.
  await log.append(1, at('2025-01-31T23:59:59Z'));
  await log.append(1, at('2025-02-01T00:00:05Z'));
  expect(await remove('2025-02-01T00:00:00Z')).toBe(2);
  expect(await partitions()).toContain('AuditEvent_202501');
  expect(await log.verify()).toMatchObject({ events: 3, break: undefined });
  await log.append(1, at('2025-03-01T00:00:00Z'));
  expect(await remove('2025-03-01T00:00:00Z')).toBe(3);
  expect(await partitions()).not.toContain('AuditEvent_202501');
  expect(await log.verify()).toMatchObject({ events: 1, break: undefined });
});

test('what is not sealed is not removed', async () => {
  await log.append(2, at('2025-01-10T00:00:00Z'));
  await log.appendUnsealed(1, at('2025-01-11T00:00:00Z'));
  expect(await remove('2025-02-01T00:00:00Z')).toBe(2);
  await log.seal();
  expect(await log.verify()).toMatchObject({ events: 1, break: undefined });
  expect(await remove('2025-02-01T00:00:00Z')).toBe(1);
});

test('nobody uses it to make traces disappear', async () => {
  await log.append(4, at('2025-06-10T00:00:00Z'));
  await log.appendUnsealed(0, at('2025-01-10T00:00:00Z'));
  await sql`update "AuditEvent" set "at" = '2025-01-10' where "seq" <= 2`.execute(log.db);
  await expect(remove('2025-02-01T00:00:00Z')).rejects.toThrow(BrokenChain);
  expect((await log.verify()).break).toMatchObject({ kind: 'CHANGED' });
});
