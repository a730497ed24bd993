import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 2 });
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

test('a zone is made with everything in it by one job', async () => {
  const found = await server.admin.ask<Record<string, { nodes: Record<string, unknown>[] }>>(`{
    zones { nodes { id name allocationState networkModel } }
    pods { nodes { name cidr zone { id } } }
    clusters { nodes { name hypervisor } }
    hosts { nodes { name linkState capacity { memoryTotal } cluster { name } } }
    storagePools { nodes { name state scope capacity { total allocated } } }
    imageStores { nodes { name state } }
    physicalNetworks { nodes { name traffic { type label } } }
    guestIpRanges { nodes { startIp endIp total used } }
    serviceOfferings { nodes { name } totalCount }
  }`);
  expect(found).toMatchSnapshot();
});
