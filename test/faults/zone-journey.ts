import path from 'node:path';
import type { Agent } from '@nephos/agent-runtime/agent.ts';
import { createZoneSaga } from '@nephos/server/infrastructure/zone/create-zone-saga.ts';
import { startStorageAgent } from '@nephos/storage-agent/storage-agent.ts';
import { writeFileSync, mkdirSync } from 'node:fs';
import pino from 'pino';
import { expect } from 'vitest';
import { Simulator, untilConnected } from '../support/simulator.ts';
import { zoneInput } from '../support/zone.ts';
import type { World } from '../support/world.ts';
import { beginJob, momentsForward, type Journey } from './journey.ts';

const saga = createZoneSaga({} as Parameters<typeof createZoneSaga>[0]);

/** Hosts and storage agents that belong to no zone yet: a host for each moment, and one storage agent for all. */
export class FreeAgents implements AsyncDisposable {
  readonly #simulator: Simulator;
  readonly #storage: Agent;

  private constructor(simulator: Simulator, storage: Agent) {
    this.#simulator = simulator;
    this.#storage = storage;
  }

  static async start({ server }: World): Promise<FreeAgents> {
    const folder = path.join(server.folder, 'free-agents');
    const { admin, agentUrl } = server;
    const hosts = momentsForward(saga).length;
    const simulator = await Simulator.start({ admin, agentUrl, folder, name: 'free', hosts });
    const { createEnrolmentToken } = await admin.ask<{ createEnrolmentToken: { token: string } }>(
      'mutation { createEnrolmentToken(input: { kind: STORAGE }) { token } }',
    );
    const storageFolder = path.join(folder, 'storage');
    mkdirSync(storageFolder, { recursive: true });
    const tokenFile = path.join(storageFolder, 'token');
    writeFileSync(tokenFile, createEnrolmentToken.token);
    const storage = await startStorageAgent({
      name: 'free-storage',
      serverUrl: agentUrl,
      folder: storageFolder,
      tokenFile,
      log: pino({ level: 'silent' }),
    });
    return new FreeAgents(simulator, storage);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#storage.stop();
    await this.#simulator.kill();
  }
}

/** A zone is made of a free host; one storage agent goes from zone to zone. */
export const zoneJourney: Journey = {
  saga,
  prepare: (_world, name) => Promise.resolve(name),
  begin: async ({ server, database }, name) => {
    await untilConnected(server.admin, 'free-storage');
    await database.db.updateTable('Agent').set({ zoneId: null }).where('name', '=', 'free-storage').execute();
    const input = await zoneInput(server.admin, path.join(server.folder, name), { name });
    return beginJob(server.admin, 'createZone', 'CreateZoneInput', {
      ...input,
      hosts: input.hosts.slice(0, 1),
    });
  },
  arrived: async ({ server }, name) => {
    const { zones } = await server.admin.ask<{ zones: { nodes: object[] } }>(
      `query ($name: String!) { zones(search: $name) { nodes { name allocationState } } }`,
      { name },
    );
    expect(zones.nodes).toContainEqual({ name, allocationState: 'ENABLED' });
  },
};
