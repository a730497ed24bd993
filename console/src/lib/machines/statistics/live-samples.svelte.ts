import { pipe, subscribe } from 'wonka';
import { api, ask } from '../../api/connection.svelte.ts';
import { problemFrom, problemOf, type Problem } from '../../api/problem.ts';
import { samplesQuery, statisticsSubscription } from './statistics-queries.ts';
import { withSample, type Sample } from './rates.ts';

const intervalSeconds = 2;
const hourMs = 3_600_000;
/** An hour of the stored samples and the live ones of the time that the page is open. */
const mostSamples = 2000;

/** The samples of a machine: those of the last hour, and from then on those read live. */
export class LiveSamples {
  all = $state.raw<readonly Sample[]>([]);
  problem = $state.raw<Problem>();

  /** @returns a function that ends it */
  follow(id: string): () => void {
    let isOver = false;
    let end: (() => void) | undefined;
    const begin = async () => {
      const since = new Date(Date.now() - hourMs).toISOString();
      const { virtualMachineSamples } = await ask(samplesQuery, { id, since });
      if (isOver) return;
      this.all = virtualMachineSamples;
      ({ unsubscribe: end } = pipe(
        api.client.subscription(statisticsSubscription, { id, intervalSeconds }),
        subscribe(({ data, error }) => {
          if (error !== undefined) this.problem = problemOf(error);
          else if (data !== undefined)
            this.all = withSample(this.all, data.virtualMachineStatistics, mostSamples);
        }),
      ));
    };
    this.problem = undefined;
    begin().catch((error: unknown) => (this.problem = problemFrom(error)));
    return () => {
      isOver = true;
      end?.();
    };
  }
}
