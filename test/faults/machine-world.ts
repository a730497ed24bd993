import { expect } from 'vitest';
import { deploy } from '../support/machines.ts';
import { aSecondNetwork } from '../support/second-network.ts';
import type { World } from '../support/world.ts';

/** A second guest network of the world's zone. @returns its id */
export async function secondNetwork({ database, zone }: World): Promise<string> {
  return aSecondNetwork(database.db, zone.zoneId);
}

/** An offering whose machines can be given more while they run. @returns its id */
export async function scalableOffering({ server }: World): Promise<string> {
  const name = 'scalable';
  const { serviceOfferings } = await server.admin.ask<{ serviceOfferings: { nodes: { id: string }[] } }>(
    `{ serviceOfferings(search: "${name}") { nodes { id } } }`,
  );
  const known = serviceOfferings.nodes[0]?.id;
  if (known !== undefined) return known;
  const { createServiceOffering } = await server.admin.ask<{
    createServiceOffering: { serviceOffering: { id: string } };
  }>(
    'mutation ($input: CreateServiceOfferingInput!) { createServiceOffering(input: $input) { serviceOffering { id } } }',
    { input: { name, cpuCount: 1, maxCpuCount: 4, cpuMhz: 500, memory: 268_435_456, isScalableLive: true } },
  );
  return createServiceOffering.serviceOffering.id;
}

/** A running machine of that offering. @returns its id */
export async function scalable(world: World, name: string): Promise<string> {
  const serviceOfferingId = await scalableOffering(world);
  const { machine } = await deploy(world.server.admin, { ...world.machine(name), serviceOfferingId });
  expect(machine.state).toBe('RUNNING');
  return machine.id;
}
