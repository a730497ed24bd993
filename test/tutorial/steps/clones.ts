import { ApiError } from '../../support/api-client.ts';
import { change } from '../../support/machines.ts';
import { answersAnew } from '../guest.ts';
import { changeTo, deployMachine, expectState, rename } from '../machines.ts';
import { expect, type Step } from '../step.ts';

export const cloneSteps: readonly Step[] = [
  {
    name: 'deploy two machines from the template at once',
    deadlineSeconds: 90,
    run: async (world) => {
      const { templateId } = world;
      [world.first, world.second] = await Promise.all([
        deployMachine(world, { name: 'web-1', templateId }),
        deployMachine(world, { name: 'web-2', templateId }),
      ]);
      // The template remembers the boots of the disk that it was made of.
      const boots = world.boots.get(world.installed.id) ?? 0;
      for (const { id } of [world.first, world.second]) world.boots.set(id, boots);
      return `${world.first.ipAddress ?? ''} and ${world.second.ipAddress ?? ''}`;
    },
  },
  {
    name: 'find that all machines have addresses of their own',
    deadlineSeconds: 10,
    run: async (world) => {
      const machines = [world.installed, world.first, world.second];
      const addresses = new Set(machines.map(({ ipAddress }) => ipAddress));
      expect(addresses.size === 3 && !addresses.has(null), [...addresses].join(', '));
      const { guestIpRanges } = await world.admin.ask<{ guestIpRanges: { nodes: { used: number }[] } }>(
        '{ guestIpRanges { nodes { used } } }',
      );
      expect(guestIpRanges.nodes[0]?.used === 3, `${guestIpRanges.nodes[0]?.used ?? 0} addresses are in use`);
      return [...addresses].join(', ');
    },
  },
  {
    name: 'find the first answering with its own name and address',
    deadlineSeconds: 180,
    needs: 'guest',
    run: (world, signal) => answersAnew(world, world.first.id, signal),
  },
  {
    name: 'find the second answering with its own name and address',
    deadlineSeconds: 180,
    needs: 'guest',
    run: (world, signal) => answersAnew(world, world.second.id, signal),
  },
  {
    name: 'be refused to start what runs already',
    deadlineSeconds: 10,
    run: async (world) => {
      const refusal: unknown = await change(world.admin, 'startVirtualMachine', { id: world.first.id }).catch(
        (error: unknown) => error,
      );
      expect(refusal instanceof ApiError && refusal.code === 'INVALID_STATE', String(refusal));
      return refusal.message;
    },
  },
  {
    name: 'stop the first',
    deadlineSeconds: 75,
    run: (world, signal) => changeTo('STOPPED', world, 'stopVirtualMachine', { id: world.first.id }, signal),
  },
  {
    name: 'rename the first while it is off',
    deadlineSeconds: 10,
    run: (world) => rename(world, world.first.id, 'shop'),
  },
  {
    name: 'start the first again',
    deadlineSeconds: 60,
    run: async (world, signal) => {
      const done = await changeTo('RUNNING', world, 'startVirtualMachine', { id: world.first.id }, signal);
      const { ipAddress } = await expectState(world, world.first.id, 'RUNNING');
      expect(ipAddress === world.first.ipAddress, `its address is ${ipAddress ?? 'gone'}`);
      return done;
    },
  },
  {
    name: 'find it answering with its new name and its old address',
    deadlineSeconds: 180,
    needs: 'guest',
    run: (world, signal) => answersAnew(world, world.first.id, signal),
  },
  {
    name: 'reboot the second',
    deadlineSeconds: 60,
    run: (world, signal) =>
      changeTo('RUNNING', world, 'rebootVirtualMachine', { id: world.second.id }, signal),
  },
  {
    name: 'find it answering after one more boot',
    // A reset within the same QEMU takes its time where guests are emulated.
    deadlineSeconds: 240,
    needs: 'guest',
    run: (world, signal) => answersAnew(world, world.second.id, signal),
  },
];
