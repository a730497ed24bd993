import { ping } from '../guest.ts';
import { expectState } from '../machines.ts';
import type { Step } from '../step.ts';

export const outsideSteps: readonly Step[] = [
  {
    name: 'have somebody pull its plug behind Nephos’s back, and be told that it is off',
    deadlineSeconds: 30,
    needs: 'libvirt',
    run: async (world, signal) => {
      await expectState(world, world.second.id, 'RUNNING');
      await world.hypervisor.pullPlug(world.second.id);
      const pulledAt = performance.now();
      await world.live.untilState(world.second.id, 'STOPPED', signal);
      return `STOPPED ${Math.round(performance.now() - pulledAt)} ms later`;
    },
  },
  {
    name: 'have somebody start it behind Nephos’s back, and be told that it runs',
    deadlineSeconds: 60,
    needs: 'libvirt',
    run: async (world, signal) => {
      await world.hypervisor.start(world.second.id);
      const startedAt = performance.now();
      await world.live.untilState(world.second.id, 'RUNNING', signal);
      return `RUNNING ${Math.round(performance.now() - startedAt)} ms later`;
    },
  },
  {
    name: 'ping it at its old address',
    deadlineSeconds: 180,
    needs: 'guest',
    run: async (world, signal) => `${await ping(world, world.second.id, signal)} answers`,
  },
];
