import { afterAll, beforeAll, expect, test } from 'vitest';
import { followJob } from '../support/jobs.ts';
import { deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aTenant } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;

beforeAll(async () => {
  server = await startTestServer({ jobConcurrency: 1 });
  zone = await createTestZone(server, { hosts: 1 });
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

test('jobs that wait for others leave them room, even where one job runs at a time', async () => {
  const templateId = await registerTemplate(server.admin, zone.zoneId);
  const serviceOffering = await serviceOfferingId(server.admin, 'tiny');
  const accountIds = await Promise.all(
    ['one', 'two', 'three'].map(async (name) => {
      const { accountId, client } = await aTenant(server, name);
      for (const each of ['a', 'b']) {
        const input = {
          name: `${name}-${each}`,
          zoneId: zone.zoneId,
          serviceOfferingId: serviceOffering,
          templateId,
        };
        expect((await deploy(client, input)).job.status).toBe('SUCCEEDED');
      }
      return accountId;
    }),
  );
  const jobs = await Promise.all(
    accountIds.map(async (id) => {
      const { deleteAccount } = await server.admin.ask<{ deleteAccount: { job: { id: string } } }>(
        'mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { job { id } } }',
        { input: { id } },
      );
      return followJob(server.admin, deleteAccount.job.id);
    }),
  );
  expect(jobs.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
});
