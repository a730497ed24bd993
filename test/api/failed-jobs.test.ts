import { afterAll, beforeAll, expect, test } from 'vitest';
import { followJob } from '../support/jobs.ts';
import { deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aTenant } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let machineId: string;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 1 });
  const { machine } = await deploy(server.admin, {
    zoneId: zone.zoneId,
    templateId: await registerTemplate(server.admin, zone.zoneId),
    serviceOfferingId: await serviceOfferingId(server.admin),
    name: 'fail-at-start',
    startsNow: false,
  });
  machineId = machine.id;
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

interface Shown {
  id: string;
  isRetryable: boolean;
  isDismissed: boolean;
}

async function awaiting(client = server.admin): Promise<Shown[]> {
  const { jobs } = await client.ask<{ jobs: { nodes: Shown[] } }>(
    '{ jobs(filter: { awaitsDismissal: true }) { nodes { id isRetryable isDismissed } } }',
  );
  return jobs.nodes;
}

const retry = 'mutation ($input: JobInput!) { retryJob(input: $input) { job { id } } }';
const dismiss =
  'mutation ($input: DismissJobsInput!) { dismissJobs(input: $input) { jobs { id isDismissed } } }';

test('a failed job of one’s own waits to be dismissed, and may be asked for again', async () => {
  const { startVirtualMachine } = await server.admin.ask<{ startVirtualMachine: { job: { id: string } } }>(
    'mutation ($id: ID!) { startVirtualMachine(input: { id: $id }) { job { id } } }',
    { id: machineId },
  );
  const first = startVirtualMachine.job.id;
  await followJob(server.admin, first);
  expect(await awaiting()).toEqual([{ id: first, isRetryable: true, isDismissed: false }]);

  // Asked for again it is another job, and of the first nothing is to be said any more.
  const { retryJob } = await server.admin.ask<{ retryJob: { job: { id: string } } }>(retry, {
    input: { id: first },
  });
  const second = retryJob.job.id;
  expect(second).not.toBe(first);
  await followJob(server.admin, second);
  expect((await awaiting()).map(({ id }) => id)).toEqual([second]);

  const tenant = await aTenant(server, 'stranger');
  expect(await awaiting(tenant.client)).toEqual([]);
  await expect(tenant.client.ask(dismiss, { input: { ids: [second] } })).rejects.toThrow(/there is no job/);

  const { dismissJobs } = await server.admin.ask<{ dismissJobs: { jobs: Shown[] } }>(dismiss, {
    input: { ids: [second] },
  });
  expect(dismissJobs.jobs).toEqual([{ id: second, isDismissed: true }]);
  expect(await awaiting()).toEqual([]);
});

test('what somebody else asked for is not one’s own to dismiss', async () => {
  const job = await server.db
    .selectFrom('Job')
    .select('id')
    .where('kind', '=', 'virtualMachine.start')
    .executeTakeFirstOrThrow();
  await server.db
    .updateTable('Job')
    .set({ actorUserId: null, actorName: 'system' })
    .where('id', '=', job.id)
    .execute();
  await expect(server.admin.ask(dismiss, { input: { ids: [job.id] } })).rejects.toThrow(
    'was asked for by system, not by you',
  );
});

test('what did not fail, or cannot be repeated, is not asked for again', async () => {
  const done = await server.db
    .selectFrom('Job')
    .select('id')
    .where('status', '=', 'SUCCEEDED')
    .executeTakeFirstOrThrow();
  await expect(server.admin.ask(retry, { input: { id: done.id } })).rejects.toThrow(
    'cannot be asked for again',
  );
});
