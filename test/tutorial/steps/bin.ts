import { answersAnew } from '../guest.ts';
import { changeTo, expectState } from '../machines.ts';
import type { Step } from '../step.ts';
import type { World } from '../world.ts';

/** The recycle bin, and out of it. */
export const binSteps: readonly Step[] = [
  {
    name: 'destroy the first: it goes to the recycle bin',
    deadlineSeconds: 30,
    run: (world, signal) =>
      changeTo('DESTROYED', world, 'destroyVirtualMachine', { id: world.first.id }, signal),
  },
  {
    name: 'recover it',
    deadlineSeconds: 15,
    run: async (world, signal) => {
      await world.admin.ask(
        'mutation ($input: VirtualMachineInput!) { recoverVirtualMachine(input: $input) { virtualMachine { id } } }',
        { input: { id: world.first.id } },
      );
      await world.live.untilState(world.first.id, 'STOPPED', signal);
      const { name, ipAddress } = await expectState(world, world.first.id, 'STOPPED');
      return `${name} with ${ipAddress ?? 'no address'}`;
    },
  },
  {
    name: 'start it as if nothing had been',
    deadlineSeconds: 60,
    run: (world, signal) => changeTo('RUNNING', world, 'startVirtualMachine', { id: world.first.id }, signal),
  },
  {
    name: 'find it answering, with its disk as it was',
    deadlineSeconds: 180,
    needs: 'guest',
    run: (world, signal) => answersAnew(world, world.first.id, signal),
  },
  {
    name: 'destroy it and expunge it at once',
    deadlineSeconds: 30,
    run: async (world, signal) => {
      await changeTo('DESTROYED', world, 'destroyVirtualMachine', { id: world.first.id }, signal);
      return changeTo('GONE', world, 'expungeVirtualMachine', { id: world.first.id }, signal);
    },
  },
  {
    name: 'destroy the other two and see them expunged when expunge.delay is over',
    deadlineSeconds: 60,
    run: async (world, signal) => {
      for (const [key, value] of Object.entries({ 'expunge.interval': '1', 'expunge.delay': '2' }))
        await setSetting(world, key, value);
      const ids = [world.second.id, world.installed.id];
      await Promise.all(
        ids.map((id) => changeTo('DESTROYED', world, 'destroyVirtualMachine', { id }, signal)),
      );
      const destroyedAt = performance.now();
      await Promise.all(ids.map((id) => world.live.untilState(id, 'GONE', signal)));
      return `${((performance.now() - destroyedAt) / 1000).toFixed(1)} s later`;
    },
  },
];

async function setSetting({ admin }: World, key: string, value: string): Promise<void> {
  await admin.ask(
    'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { value } } }',
    { input: { key, value } },
  );
}
