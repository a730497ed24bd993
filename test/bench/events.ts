import { setTimeout as sleep } from 'node:timers/promises';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { quantile, type Bench } from './figures.ts';
import { MachineWatch } from './machine-watch.ts';
import { withControlledCloud } from './controlled-cloud.ts';

/** From a machine that goes off by itself to the subscriber who is told, when nothing else is going on. */
export const events: Bench = ({ isQuick, say }) =>
  withControlledCloud(async ({ server, zone, machine }) => {
    const rounds = isQuick ? 40 : 200;
    const watch = new MachineWatch(server.admin);
    watch.start();
    const { id } = await watch.deploy({ ...machine, name: 'bench' });
    const machineId = id as Id<'VirtualMachine'>;
    const milliseconds: number[] = [];
    for (let round = 0; round < rounds; round++) {
      watch.forget(id, 'STOPPED');
      const began = performance.now();
      // The simulator is told over a pipe, so that this hop is in the figure too.
      const told = zone.simulator.ask({ ask: 'powerOff', host: 0, machineId });
      milliseconds.push((await watch.until(id, 'STOPPED')) - began);
      await told;
      watch.forget(id, 'RUNNING');
      await zone.simulator.ask({ ask: 'powerOn', host: 0, machineId });
      await watch.until(id, 'RUNNING');
      await sleep(20);
    }
    say(`${rounds} events`);
    return {
      agentEventToSubscriberMs: { value: quantile(milliseconds, 0.95), unit: 'ms', goal: '<= 50' },
      medianMs: { value: quantile(milliseconds, 0.5), unit: 'ms' },
      slowestMs: { value: Math.max(...milliseconds), unit: 'ms' },
      events: { value: rounds, unit: 'events' },
    };
  });
