import type { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { followJob, type JobView } from '../support/jobs.ts';
import { createZoneMutation, zoneInput } from '../support/zone.ts';

interface FreeAgent {
  kind: 'HOST' | 'STORAGE';
  isConnected: boolean;
  hypervisor: string | null;
}

/** @throws Error with the job's own */
export function mustSucceed(what: string, { status, error }: JobView): void {
  if (status !== 'SUCCEEDED') throw new Error(`${what} is ${status}: ${JSON.stringify(error)}`);
}

const freeAgents = '{ agents(filter: { isFree: true }) { nodes { kind isConnected hypervisor } } }';

/**
 * A zone on the free agents of a product, which come a moment after its server.
 *
 * @param hosts how many the product has
 * @returns the zone's id
 */
export async function createZone(admin: ApiClient, folder: string, hosts = 1): Promise<string> {
  await eventually(
    async () => (await admin.ask<{ agents: { nodes: FreeAgent[] } }>(freeAgents)).agents.nodes,
    (agents) =>
      agents.some(({ kind, isConnected }) => kind === 'STORAGE' && isConnected) &&
      agents.filter(({ hypervisor, isConnected }) => hypervisor !== null && isConnected).length >= hosts,
    120,
  );
  const { createZone: made } = await admin.ask<{ createZone: { zone: { id: string }; job: { id: string } } }>(
    createZoneMutation,
    { input: await zoneInput(admin, folder) },
  );
  mustSucceed('the zone', await followJob(admin, made.job.id));
  return made.zone.id;
}
