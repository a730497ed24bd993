import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../support/api-client.ts';
import { withControlledCloud } from './controlled-cloud.ts';
import { quantile, type Bench, type Figures } from './figures.ts';
import { MachineWatch } from './machine-watch.ts';
import { measureStorage } from './sample-storage.ts';

interface Newest {
  at: string;
  cpuPercent: number | null;
  diskReadBytesPerSecond: number | null;
  networkReceivedBytesPerSecond: number | null;
}

const newest = `query ($first: Int!) {
  virtualMachines(first: $first) { nodes { newestStatistics {
    at cpuPercent diskReadBytesPerSecond networkReceivedBytesPerSecond } } }
}`;

/** The counters of a full host: from the driver's call to rows that the API answers for every machine; and what they take. */
export const samplesOfHost: Bench = async (options) => ({
  ...(await sampleHost(options)),
  ...(await measureStorage(options)),
});

const sampleHost = ({ isQuick, say }: Parameters<Bench>[0]): Promise<Figures> =>
  withControlledCloud(async ({ server, zone, machine }) => {
    const machines = isQuick ? 100 : 500;
    const rounds = isQuick ? 3 : 9;
    const { admin } = server;
    await sampleEvery(admin, 300);
    const watch = new MachineWatch(admin);
    watch.start();
    let left = machines;
    const client = async () => {
      while (left-- > 0) await watch.deploy({ ...machine, name: `bench-${left}` });
    };
    await Promise.all(Array.from({ length: 8 }, client));
    say(`${machines} machines run`);

    const untilAllAnswered = async (since: Date): Promise<Newest[]> => {
      for (;;) {
        const { virtualMachines } = await admin.ask<{
          virtualMachines: { nodes: { newestStatistics: Newest | null }[] };
        }>(newest, { first: machines });
        const samples = virtualMachines.nodes.flatMap(({ newestStatistics: sample }) => sample ?? []);
        if (samples.filter(({ at }) => new Date(at) >= since).length === machines) return samples;
        await sleep(5);
      }
    };
    const milliseconds: number[] = [];
    const reading: number[] = [];
    let samples: Newest[] = [];
    await zone.simulator.ask({ ask: 'sample' });
    for (let round = 0; round < rounds; round++) {
      // Over a shorter time nothing is said of what machines did.
      await sleep(200);
      const since = new Date();
      const began = performance.now();
      const read = zone.simulator.ask({ ask: 'sample' });
      samples = await untilAllAnswered(since);
      milliseconds.push(performance.now() - began);
      reading.push(await read);
    }
    const different = new Set(samples.map(({ at: _, ...values }) => JSON.stringify(values))).size;
    return {
      hostSampleMs: { value: quantile(milliseconds, 0.5), unit: 'ms', goal: '<= 2000' },
      agentReadAndReportMs: { value: quantile(reading, 0.5), unit: 'ms' },
      machines: { value: machines, unit: 'machines' },
      differentSamples: { value: different, unit: 'samples' },
      rounds: { value: rounds, unit: 'rounds' },
    };
  });

/** Keeps the regular sampling out of the way of the one that is measured. */
async function sampleEvery(admin: ApiClient, seconds: number) {
  await admin.ask(
    'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { value } } }',
    {
      input: { key: 'vm.stats.interval', value: String(seconds) },
    },
  );
}
