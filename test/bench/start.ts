import { setTimeout as sleep } from 'node:timers/promises';
import { startProduct } from '../support/product.ts';
import { quantile, type Bench } from './figures.ts';
import { partsOf, residentMib } from '../support/processes.ts';

/** How long a start takes, and what the processes hold when nothing is going on. */
export const start: Bench = async ({ isQuick, say }) => {
  const rounds = isQuick ? 3 : 7;
  const startOnce = async (dataFolder?: string) => {
    const began = performance.now();
    // What `npm start` runs, with its own look at dependencies, generated code and the console.
    const product = await startProduct({
      driver: 'simulator',
      entry: 'scripts/bootstrap.mjs',
      ...(dataFolder !== undefined && { dataFolder }),
    });
    return { product, milliseconds: performance.now() - began };
  };
  const first = await startOnce();
  const { dataFolder } = first.product;
  say(`first start: ${Math.round(first.milliseconds)} ms`);
  await first.product.stop({ machines: 'keep' });
  const warm: number[] = [];
  for (let round = 1; round < rounds; round++) {
    const { product, milliseconds } = await startOnce(dataFolder);
    say(`start ${round} on the same data: ${Math.round(milliseconds)} ms`);
    warm.push(milliseconds);
    await product.stop({ machines: 'keep' });
  }
  const { product, milliseconds } = await startOnce(dataFolder);
  warm.push(milliseconds);
  const server: number[] = [];
  const hostAgent: number[] = [];
  for (let round = 0; round < 5; round++) {
    await sleep(isQuick ? 1000 : 3000);
    const parts = partsOf(product.pid);
    server.push(residentMib(parts.server[0]?.pid ?? -1));
    hostAgent.push(residentMib(parts.hostAgent[0]?.pid ?? -1));
  }
  await product.stop({ machines: 'destroy' });
  return {
    warmStartMs: { value: quantile(warm, 0.5), unit: 'ms', goal: '<= 4000' },
    serverRssMb: { value: quantile(server, 0.5), unit: 'MiB', goal: '<= 250' },
    agentRssMb: { value: quantile(hostAgent, 0.5), unit: 'MiB', goal: '<= 120' },
    firstStartMs: { value: first.milliseconds, unit: 'ms' },
    rounds: { value: warm.length, unit: 'warm starts' },
  };
};
