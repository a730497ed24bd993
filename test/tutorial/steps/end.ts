import { existsSync } from 'node:fs';
import { namespaceFile } from '../../../scripts/launch/libvirt-namespace.ts';
import { expectSuccess, watchJob } from '../jobs.ts';
import { filesBelow, heldByApi, heldByGuestNetwork, heldBySimulator, processesIn } from '../leftovers.ts';
import { LiveView } from '../live-view.ts';
import { expect, type Step } from '../step.ts';
import type { World } from '../world.ts';

/** CloudStack's numbers of what is metered. */
const [runningMachine, allocatedMachine, volume, template, iso] = [1, 2, 6, 7, 8] as const;

interface Records {
  usageRecords: { nodes: { usageType: number; resourceId: string }[] };
}

export const endSteps: readonly Step[] = [
  {
    name: 'delete the template and the ISO',
    deadlineSeconds: 30,
    run: async (world) => {
      const images = [
        ['deleteTemplate', 'DeleteTemplateInput', world.templateId],
        ['deleteIso', 'DeleteIsoInput', world.isoId],
      ] as const;
      for (const [mutation, type, id] of images) {
        const answer = await world.admin.ask<Record<string, { job: { id: string } }>>(
          `mutation ($input: ${type}!) { ${mutation}(input: $input) { job { id } } }`,
          { input: { id } },
        );
        expectSuccess((await watchJob(world.admin, answer[mutation]!.job.id)).job);
      }
      return 'files and copies removed';
    },
  },
  {
    name: 'find usage records for all that was used, each ended',
    deadlineSeconds: 30,
    run: async (world) => {
      const wanted = usesOf(world).join('\n');
      const found = await sumUpUsage(world.admin);
      const uses = [...new Set(found)].sort().join('\n');
      expect(uses === wanted, `there are:\n${uses}\nwhere there should be:\n${wanted}`);
      // What goes on would be in the next period too.
      const again = await sumUpUsage(world.admin);
      expect(again.length === found.length, `${again.length - found.length} uses went on`);
      return `${found.length} records`;
    },
  },
  {
    name: 'find nothing held by anybody, as far as the API knows',
    deadlineSeconds: 10,
    run: async (world) => {
      const held = await heldByApi(world.admin);
      expect(held.length === 0, held.join(', '));
      return 'no addresses, no disks, no processors, no memory';
    },
  },
  {
    name: 'find nothing left on the host: no machines, no networks, no DHCP entries, no cables',
    deadlineSeconds: 20,
    needs: 'libvirt',
    run: async (world) => {
      const { domains, networks } = await world.hypervisor.holdings();
      const strange = [...domains, ...networks].filter(
        (name) => !world.before.domains.includes(name) && !world.before.networks.includes(name),
      );
      expect(strange.length === 0, `libvirt still has ${strange.join(', ')}`);
      const held = await heldByGuestNetwork(world);
      expect(held.length === 0, held.join(', '));
      return 'as before';
    },
  },
  {
    name: 'find nothing left on disk: no disks, no templates, no images',
    deadlineSeconds: 10,
    run: async (world) => {
      const { primary, images } = world.folders;
      const held = [...(await filesBelow(primary)), ...(await filesBelow(images))];
      if (world.isSimulated) held.push(...heldBySimulator(world));
      expect(held.length === 0, held.join(', '));
      return `${primary} and ${images} are empty`;
    },
  },
  {
    name: 'replay the change feed from the first cursor and miss nothing',
    deadlineSeconds: 30,
    run: async (world, signal) => {
      const seen = world.live.changes;
      const last = seen.at(-1)?.cursor;
      const replay = new LiveView(world.admin, world.beginning);
      await replay.until(
        () => (replay.changes.some(({ cursor }) => cursor === last) ? true : undefined),
        signal,
      );
      const replayed = replay.changes.slice(0, seen.length);
      const asText = (changes: typeof seen) => changes.map((change) => JSON.stringify(change)).join('\n');
      expect(asText(seen) === asText(replayed), 'it differs from what was pushed the first time');
      return `${seen.length} changes`;
    },
  },
  {
    name: 'stop Nephos and find nothing left of it',
    deadlineSeconds: 60,
    run: async (world) => {
      const { dataFolder, runFolder } = world.product;
      const networkNamespace = world.isSimulated ? null : world.hypervisor.networkNamespace;
      const startedAt = performance.now();
      await world.stopProduct();
      const seconds = (performance.now() - startedAt) / 1000;
      const left = await processesIn([dataFolder, runFolder]);
      if (networkNamespace !== null && existsSync(namespaceFile(networkNamespace)))
        left.push(networkNamespace);
      if (existsSync(dataFolder) !== world.options.keepsData) left.push(dataFolder);
      if (existsSync(runFolder)) left.push(runFolder);
      expect(left.length === 0, left.join(', '));
      return `in ${seconds.toFixed(1)} s`;
    },
  },
];

/** `usageType resourceId` of every use that there was. */
function usesOf({ installed, first, second, ...world }: World): string[] {
  return [
    ...[installed, first, second].flatMap(({ id }) => [
      `${runningMachine} ${id}`,
      `${allocatedMachine} ${id}`,
    ]),
    ...[...world.volumeIds].map((id) => `${volume} ${id}`),
    `${template} ${world.templateId}`,
    `${iso} ${world.isoId}`,
  ].sort();
}

/** Has usage summed up to now. @returns `usageType resourceId` of all records of what takes time */
async function sumUpUsage(admin: World['admin']): Promise<string[]> {
  const { generateUsage } = await admin.ask<{ generateUsage: { job: { id: string } } }>(
    'mutation { generateUsage(input: {}) { job { id } } }',
  );
  expectSuccess((await watchJob(admin, generateUsage.job.id)).job);
  const { usageRecords } = await admin.ask<Records>(
    '{ usageRecords(first: 500) { nodes { usageType resourceId } } }',
  );
  const timed: number[] = [runningMachine, allocatedMachine, volume, template, iso];
  return usageRecords.nodes
    .filter(({ usageType }) => timed.includes(usageType))
    .map(({ usageType, resourceId }) => `${usageType} ${resourceId}`);
}
