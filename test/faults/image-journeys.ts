import { createTemplateSaga } from '@nephos/server/storage/image/create-template-saga.ts';
import { registerImageSaga } from '@nephos/server/storage/image/register-saga.ts';
import { expect } from 'vitest';
import { change, deploy } from '../support/machines.ts';
import { serveFiles, tinyIso, type WebFiles } from '../support/web-files.ts';
import type { World } from '../support/world.ts';
import { beginJob, type Journey } from './journey.ts';

const noDeps = {} as Parameters<typeof registerImageSaga>[0];

async function namesOfReady({ server }: World, kind: 'isos' | 'templates'): Promise<string[]> {
  const found = await server.admin.ask<Record<string, { nodes: { name: string }[] }>>(
    `{ ${kind}(first: 500) { nodes { name } } }`,
  );
  return found[kind]!.nodes.map(({ name }) => name);
}

/** What can be done with images; discs come from a web server that the caller starts and ends. */
export function imageJourneys(files: WebFiles): Journey[] {
  return [
    {
      saga: registerImageSaga(noDeps),
      prepare: (_world, name) => Promise.resolve(name),
      begin: ({ server, zone }, name) =>
        beginJob(server.admin, 'registerIso', 'RegisterIsoInput', {
          zoneId: zone.zoneId,
          name,
          url: `${files.url}/disc.iso`,
        }),
      arrived: async (world, name) => expect(await namesOfReady(world, 'isos')).toContain(name),
    },
    {
      saga: createTemplateSaga(noDeps),
      prepare: async ({ server, machine }, name) => {
        const { machine: made } = await deploy(server.admin, machine(name));
        await change(server.admin, 'stopVirtualMachine', { id: made.id, isForced: true });
        return made.id;
      },
      begin: ({ server }, virtualMachineId) =>
        beginJob(server.admin, 'createTemplate', 'CreateTemplateInput', {
          virtualMachineId,
          name: `of ${virtualMachineId}`,
        }),
      arrived: async (world, id) => expect(await namesOfReady(world, 'templates')).toContain(`of ${id}`),
    },
  ];
}

/** A web server with what {@link imageJourneys} download. */
export const serveDisc = () => serveFiles({ '/disc.iso': tinyIso() });
