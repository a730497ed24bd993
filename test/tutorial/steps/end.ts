import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { namespaceFile } from '../../../scripts/launch/libvirt-namespace.ts';
import { expectSuccess, watchJob } from '../jobs.ts';
import { filesBelow, heldByApi, heldByGuestNetwork, heldBySimulator, processesIn } from '../leftovers.ts';
import { LiveView } from '../live-view.ts';
import { expect, type Step } from '../step.ts';
import type { World } from '../world.ts';

/** CloudStack's numbers of what is metered. */
const [runningMachine, allocatedMachine, volume, template, iso] = [1, 2, 6, 7, 8];

interface Records {
  usageRecords: { nodes: { usageType: number; resourceId: string; endedAt: string | null }[] };
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
    run: async (world, signal) => {
      const wanted = expectedRecords(world);
      for (;;) {
        const { usageRecords } = await world.admin.ask<Records>(
          '{ usageRecords(first: 500) { nodes { usageType resourceId endedAt } } }',
        );
        const ended = usageRecords.nodes.filter(({ endedAt }) => endedAt !== null);
        const found = ended.map(({ usageType, resourceId }) => `${usageType} ${resourceId}`).sort();
        if (found.length === usageRecords.nodes.length && found.join() === wanted.join())
          return `${found.length} records`;
        // The usage daemon collects every few seconds, and records are no part of the change feed.
        await sleep(500, undefined, { signal }).catch(() => {
          throw new Error(`there are:\n${found.join('\n')}\nwhere there should be:\n${wanted.join('\n')}`);
        });
      }
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

/** `usageType resourceId` of every use that there was, once for each time. */
function expectedRecords({ installed, first, second, isSimulated, ...world }: World): string[] {
  // The second machine was off once more where somebody pulled its plug.
  const starts = [
    [installed.id, 2],
    [first.id, 3],
    [second.id, isSimulated ? 1 : 2],
  ] as const;
  return [
    ...starts.flatMap(([id, times]) => Array<string>(times).fill(`${runningMachine} ${id}`)),
    ...starts.map(([id]) => `${allocatedMachine} ${id}`),
    ...[...world.volumeIds].map((id) => `${volume} ${id}`),
    `${template} ${world.templateId}`,
    `${iso} ${world.isoId}`,
  ].sort();
}
