import path from 'node:path';
import { expectSuccess, watchJob } from '../jobs.ts';
import { expect, type Step } from '../step.ts';
import type { World } from '../world.ts';

/** The bridge of the guests: a name of its own, should the host's own libvirt have to be used. */
export const guestBridge = 'nephos-tutor0';

const zoneInput = ({ product, agentIds, options }: World) => ({
  name: 'tutorial',
  dns1: '10.1.0.1',
  internalDns1: '10.1.0.1',
  networkDomain: 'tutorial.example',
  networkModel: 'BASIC',
  physicalNetworks: [
    {
      name: 'rack network',
      traffic: [
        { type: 'GUEST', label: guestBridge },
        { type: 'MANAGEMENT', label: guestBridge },
      ],
    },
  ],
  pod: {
    name: 'rack 1',
    cidr: '10.0.0.0/24',
    gateway: '10.0.0.1',
    reservedStart: '10.0.0.2',
    reservedEnd: '10.0.0.20',
  },
  guestRange: { cidr: '10.1.0.0/16', gateway: '10.1.0.1', startIp: '10.1.1.1', endIp: '10.1.1.50' },
  cluster: { name: 'cluster 1', hypervisor: options.driver === 'libvirt' ? 'KVM' : 'SIMULATOR' },
  hosts: [{ agentId: agentIds.host }],
  primaryStorage: {
    name: 'primary',
    type: 'LOCAL_DIRECTORY',
    scope: 'HOST',
    path: path.join(product.dataFolder, 'primary'),
  },
  imageStore: { name: 'images', path: path.join(product.dataFolder, 'images'), agentId: agentIds.storage },
});

interface Parts {
  zones: { nodes: { allocationState: string }[] };
  pods: { nodes: { name: string }[] };
  clusters: { nodes: { name: string }[] };
  hosts: { nodes: { name: string; linkState: string; details: { acceleration: string } }[] };
  storagePools: { nodes: { state: string }[] };
  imageStores: { nodes: { state: string }[] };
  guestIpRanges: { nodes: { total: number; used: number }[] };
}

export const zoneSteps: readonly Step[] = [
  {
    name: 'be refused a zone whose guest range lies outside its network',
    deadlineSeconds: 10,
    run: async (world) => {
      const input = zoneInput(world);
      const { data, errors } = await world.admin.send(createZone, {
        input: { ...input, guestRange: { ...input.guestRange, endIp: '10.2.0.9' } },
      });
      expect(data == null && errors?.length === 1, 'it was not refused');
      const { code, details = {} } = errors[0]!.extensions;
      expect(code === 'VALIDATION_FAILED', `the code is ${code}`);
      const { zones } = await world.admin.ask<Pick<Parts, 'zones'>>(
        '{ zones { nodes { allocationState } } }',
      );
      expect(zones.nodes.length === 0, 'there is a zone all the same');
      return `${String(details.path)} ${String(details.rule)}`;
    },
  },
  {
    name: 'create the zone by one job and watch its steps',
    deadlineSeconds: 60,
    run: async (world) => {
      const answer = await world.admin.ask<{ createZone: { zone: { id: string }; job: { id: string } } }>(
        createZone,
        { input: zoneInput(world) },
      );
      world.zoneId = answer.createZone.zone.id;
      const { job, views } = await watchJob(world.admin, answer.createZone.job.id);
      expectSuccess(job);
      expect(views > 1, 'only its end was pushed');
      return job.steps.map(({ name }) => name).join(', ');
    },
  },
  {
    name: 'find the zone open, its host up, its storage up, its addresses free',
    deadlineSeconds: 10,
    run: async (world) => {
      const parts = await world.admin.ask<Parts>(`{
        zones { nodes { allocationState } } pods { nodes { name } } clusters { nodes { name } }
        hosts { nodes { name linkState details { acceleration } } }
        storagePools { nodes { state } } imageStores { nodes { state } } guestIpRanges { nodes { total used } }
      }`);
      const [zone, host] = [parts.zones.nodes[0], parts.hosts.nodes[0]];
      const [pool, store, range] = [
        parts.storagePools.nodes[0],
        parts.imageStores.nodes[0],
        parts.guestIpRanges.nodes[0],
      ];
      expect(zone?.allocationState === 'ENABLED', `the zone is ${zone?.allocationState ?? 'missing'}`);
      expect(host?.linkState === 'UP', `the host is ${host?.linkState ?? 'missing'}`);
      expect(pool?.state === 'UP', `primary storage is ${pool?.state ?? 'missing'}`);
      expect(store?.state === 'UP', `the image store is ${store?.state ?? 'missing'}`);
      expect(range?.total === 50 && range.used === 0, `the range is ${JSON.stringify(range)}`);
      return `host ${host.name} (${host.details.acceleration}), ${range.total} addresses`;
    },
  },
];

const createZone = `
  mutation ($input: CreateZoneInput!) { createZone(input: $input) { zone { id } job { id } } }`;
