import { eventually } from './eventually.ts';
import type { Simulator } from './simulator.ts';

/** Waits until a host in stepped time is about to do something, having let it do all that comes before. */
export async function untilAbout(simulator: Simulator, work: string): Promise<void> {
  await eventually(
    async () => {
      const waiting = await simulator.ask({ ask: 'waiting' });
      if (waiting.length > 0 && !waiting.includes(work)) await simulator.ask({ ask: 'step', count: 1 });
      return waiting;
    },
    (waiting) => waiting.includes(work),
  );
}

/** Lets hosts in stepped time do the next thing. */
export async function step(simulator: Simulator): Promise<void> {
  await simulator.ask({ ask: 'step', count: 1 });
}
