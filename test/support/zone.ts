import { mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startStorageAgent } from '@nephos/storage-agent/storage-agent.ts';
import pino from 'pino';
import type { ApiClient } from './api-client.ts';
import { followJob, type JobView } from './jobs.ts';
import type { TestServer } from './server.ts';
import { Simulator, type SimulatorOptions } from './simulator.ts';

export interface TestZone extends AsyncDisposable {
  zoneId: string;
  simulator: Simulator;
  /** Holds a folder of each agent: `simulator`, `storage`. */
  folder: string;
  /** Ends the storage agent; another may take its place, and its folder. */
  stopStorage(): Promise<void>;
  /** Folder of the zone's image store. */
  imageStore: string;
  /** Names of the images in it, whole or half. */
  filesInImageStore(): Promise<string[]>;
}

/** The input of a zone as the wizard gives it, on the free agents of a server. */
export async function zoneInput(admin: ApiClient, folder: string, overrides: Record<string, unknown> = {}) {
  const { agents } = await admin.ask<{ agents: { nodes: { id: string; hypervisor: string }[] } }>(
    '{ agents(first: 500, filter: { kind: HOST, isFree: true }) { nodes { id hypervisor } } }',
  );
  return {
    name: 'test-zone',
    dns1: '10.1.0.1',
    internalDns1: '10.1.0.1',
    networkDomain: 'guests.test',
    physicalNetworks: [
      {
        name: 'main',
        traffic: [
          { type: 'GUEST', label: 'nephosbr0' },
          { type: 'MANAGEMENT', label: 'nephosbr0' },
        ],
      },
    ],
    pod: {
      name: 'rack-1',
      cidr: '10.0.0.0/24',
      gateway: '10.0.0.1',
      reservedStart: '10.0.0.2',
      reservedEnd: '10.0.0.20',
    },
    guestRange: { cidr: '10.1.0.0/16', gateway: '10.1.0.1', startIp: '10.1.1.1', endIp: '10.1.4.250' },
    cluster: { name: 'cluster-1', hypervisor: agents.nodes[0]?.hypervisor ?? 'SIMULATOR' },
    hosts: agents.nodes.map(({ id }) => ({ agentId: id })),
    primaryStorage: {
      name: 'primary',
      type: 'SHARED_DIRECTORY',
      scope: 'CLUSTER',
      path: path.join(folder, 'primary'),
    },
    imageStore: { name: 'images', path: path.join(folder, 'images') },
    ...overrides,
  };
}

export const createZoneMutation = `
  mutation ($input: CreateZoneInput!) {
    createZone(input: $input) { zone { id name allocationState } job { id } }
  }`;

/** A zone with simulated hosts and a storage agent, ready for machines. */
export async function createTestZone(
  server: Pick<TestServer, 'admin' | 'agentUrl' | 'folder'>,
  options: Partial<SimulatorOptions> = {},
): Promise<TestZone> {
  const { admin, agentUrl } = server;
  const folder = mkdtempSync(path.join(tmpdir(), 'nephos-zone-'));
  const simulator = await Simulator.start({
    admin,
    agentUrl,
    folder: path.join(folder, 'simulator'),
    ...options,
  });
  const storage = await startStorageAgent({
    name: 'storage',
    serverUrl: agentUrl,
    folder: path.join(folder, 'storage'),
    tokenFile: path.join(server.folder, 'tokens', 'storage.token'),
    log: pino({ level: 'silent' }),
  });
  while (!storage.link.isUp) await new Promise((resolve) => setTimeout(resolve, 20));
  const { createZone } = await admin.ask<{ createZone: { zone: { id: string }; job: { id: string } } }>(
    createZoneMutation,
    {
      input: await zoneInput(admin, folder),
    },
  );
  const job: JobView = await followJob(admin, createZone.job.id);
  if (job.status !== 'SUCCEEDED') throw new Error(`zone was not made: ${JSON.stringify(job)}`);
  return {
    zoneId: createZone.zone.id,
    simulator,
    folder,
    stopStorage: () => storage.stop(),
    imageStore: path.join(folder, 'images'),
    filesInImageStore: async () => {
      const entries = await readdir(path.join(folder, 'images'), { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    },
    async [Symbol.asyncDispose]() {
      await storage.stop();
      await simulator.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
