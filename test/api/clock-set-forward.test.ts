import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.ts';
import { changeSetting } from '../support/settings.ts';
import { ShiftedClock } from '../support/shifted-clock.ts';

let server: TestServer;
const clock = new ShiftedClock();

beforeAll(async () => {
  server = await startTestServer({ clock });
});

afterAll(() => server[Symbol.asyncDispose]());

test('a server that slept for months takes changes at once, and audits them', async () => {
  clock.pass(100 * 86_400);
  const at = clock.now();
  await changeSetting(server.admin, 'vm.snapshot.max', '7');
  const event = await server.db
    .selectFrom('AuditEvent')
    .select(['action', 'at'])
    .where('at', '>=', at)
    .executeTakeFirstOrThrow();
  expect(event.action).toBe('setting.update');
});
