import { afterAll, beforeAll, expect, test } from 'vitest';
import { followJob } from '../support/jobs.ts';
import { deployMutation, registerTemplate, serviceOfferingId, type Deployed } from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let input: Record<string, unknown>;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 1 });
  input = {
    name: 'once',
    zoneId: zone.zoneId,
    serviceOfferingId: await serviceOfferingId(server.admin),
    templateId: await registerTemplate(server.admin, zone.zoneId),
  };
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

test('the same request ten times at once makes one machine', async () => {
  const keyed = { ...input, idempotencyKey: 'order-1' };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => server.admin.ask<Deployed>(deployMutation, { input: keyed })),
  );
  const machines = new Set(answers.map(({ deployVirtualMachine }) => deployVirtualMachine.virtualMachine.id));
  const jobs = new Set(answers.map(({ deployVirtualMachine }) => deployVirtualMachine.job.id));
  expect([machines.size, jobs.size]).toEqual([1, 1]);
  expect((await followJob(server.admin, [...jobs][0]!)).status).toBe('SUCCEEDED');
  const { virtualMachines } = await server.admin.ask<{ virtualMachines: { totalCount: number } }>(
    '{ virtualMachines { totalCount } }',
  );
  expect(virtualMachines.totalCount).toBe(1);
});

test('a key is not for two different requests', async () => {
  const keyed = { ...input, name: 'another', idempotencyKey: 'order-1' };
  expect(await refusalOf(server.admin, deployMutation, { input: keyed })).toMatchObject({
    code: 'IDEMPOTENCY_CONFLICT',
  });
});

test('a request that was refused may be sent again with its key', async () => {
  const wrong = { ...input, name: '<b>', idempotencyKey: 'order-2' };
  expect(await refusalOf(server.admin, deployMutation, { input: wrong })).toMatchObject({
    code: 'VALIDATION_FAILED',
  });
  const right = { ...input, name: 'second', idempotencyKey: 'order-2' };
  const { deployVirtualMachine } = await server.admin.ask<Deployed>(deployMutation, { input: right });
  expect((await followJob(server.admin, deployVirtualMachine.job.id)).status).toBe('SUCCEEDED');
});
