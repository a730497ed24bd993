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
  const found = await server.admin.ask<Record<string, unknown>>(`{
    zones { nodes { id name allocationState networkModel } }
    pods { nodes { name cidr zone { id } } }
    clusters { nodes { name hypervisor } }
    hosts { nodes { linkState cluster { name } } }
    storagePools { nodes { name state scope } }
    imageStores { nodes { name state } }
    physicalNetworks { nodes { name traffic { type label } } }
    guestIpRanges { nodes { startIp endIp total used } }
  }`);
  const { zoneId } = zone;
  const host = { linkState: 'UP', cluster: { name: 'cluster-1' } };
  expect(found).toMatchObject({
    zones: {
      nodes: [{ id: zoneId, name: 'test-zone', allocationState: 'ENABLED', networkModel: 'BASIC' }],
    },
    pods: { nodes: [{ name: 'rack-1', cidr: '10.0.0.0/24', zone: { id: zoneId } }] },
    clusters: { nodes: [{ name: 'cluster-1', hypervisor: 'SIMULATOR' }] },
    hosts: { nodes: [host, host] },
    storagePools: { nodes: [{ name: 'primary', state: 'UP', scope: 'CLUSTER' }] },
    imageStores: { nodes: [{ name: 'images', state: 'UP' }] },
    physicalNetworks: {
      nodes: [
        {
          name: 'main',
          traffic: [
            { type: 'GUEST', label: 'nephosbr0' },
            { type: 'MANAGEMENT', label: 'nephosbr0' },
          ],
        },
      ],
    },
    guestIpRanges: { nodes: [{ startIp: '10.1.1.1', endIp: '10.1.4.250', used: 0 }] },
  });
});
