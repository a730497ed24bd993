import { answersAnew, ping } from '../guest.ts';
import { expectSuccess, watchJob } from '../jobs.ts';
import { changeTo } from '../machines.ts';
import { expect, type Step } from '../step.ts';

interface Sample {
  cpuSeconds: number;
  memory: number;
}

export const installedSteps: readonly Step[] = [
  {
    name: 'start it from its own disk',
    deadlineSeconds: 60,
    run: (world, signal) =>
      changeTo('RUNNING', world, 'startVirtualMachine', { id: world.installed.id }, signal),
  },
  {
    name: 'ping it at the address that it got by DHCP',
    deadlineSeconds: 180,
    needs: 'guest',
    run: async (world, signal) => `${await ping(world, world.installed.id, signal)} answers`,
  },
  {
    name: 'read from its web page that it is who Nephos says it is',
    deadlineSeconds: 120,
    needs: 'guest',
    run: (world, signal) => answersAnew(world, world.installed.id, signal),
  },
  {
    name: 'follow its statistics live',
    deadlineSeconds: 30,
    run: async (world) => {
      const samples: Sample[] = [];
      const followed = world.admin.follow<{ virtualMachineStatistics: Sample }>(
        `subscription ($id: ID!) {
          virtualMachineStatistics(id: $id, intervalSeconds: 1) { cpuSeconds memory }
        }`,
        { id: world.installed.id },
      );
      for await (const { virtualMachineStatistics } of followed) {
        samples.push(virtualMachineStatistics);
        if (samples.length === 3) break;
      }
      const [from, to] = [samples[0]!, samples[2]!];
      expect(to.memory > 0, 'it uses no memory');
      expect(to.cpuSeconds > from.cpuSeconds, 'its processor stands still');
      return `${from.cpuSeconds.toFixed(2)} to ${to.cpuSeconds.toFixed(2)} processor seconds`;
    },
  },
  {
    name: 'stop it by its power button',
    deadlineSeconds: 60,
    run: async (world, signal) => {
      const startedAt = performance.now();
      const done = await changeTo('STOPPED', world, 'stopVirtualMachine', { id: world.installed.id }, signal);
      // After the grace period its plug would have been pulled.
      expect(performance.now() - startedAt < 55_000, 'it did not heed the button');
      return done;
    },
  },
  {
    name: 'make a template of its root disk',
    deadlineSeconds: 120,
    run: async (world) => {
      const { createTemplate } = await world.admin.ask<{
        createTemplate: { template: { id: string }; job: { id: string } };
      }>(
        'mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) { template { id } job { id } } }',
        { input: { virtualMachineId: world.installed.id, name: 'Nephos tiny Linux' } },
      );
      const { job } = await watchJob(world.admin, createTemplate.job.id);
      expectSuccess(job);
      world.templateId = createTemplate.template.id;
      const { node } = await world.admin.ask<{
        node: { isReady: boolean; replicas: { size: number; virtualSize: number }[] };
      }>('query ($id: ID!) { node(id: $id) { ... on Template { isReady replicas { size virtualSize } } } }', {
        id: world.templateId,
      });
      const [replica] = node.replicas;
      expect(node.isReady && replica !== undefined, 'it is not ready');
      expect(replica.virtualSize === 1024 ** 3, `its disk has ${replica.virtualSize} bytes`);
      return `${Math.round(replica.size / 1024 ** 2)} MiB for a disk of 1 GiB`;
    },
  },
];
