import { pipe, subscribe } from 'wonka';
import { api, ask } from '../../api/connection.svelte.ts';
import { problemFrom, problemOf, type Problem } from '../../api/problem.ts';
import { withPoint, type Point } from './points.ts';
import { statisticsQuery, statisticsSubscription } from './statistics-queries.ts';

const intervalSeconds = 2;
const hourMs = 3_600_000;
/** An hour of the stored points and the live ones of the time that the page is open. */
const mostPoints = 2000;

/** What a machine did: in the last hour, and from then on live. */
export class LivePoints {
  all = $state.raw<readonly Point[]>([]);
  problem = $state.raw<Problem>();

  /** @returns a function that ends it */
  follow(id: string): () => void {
    let isOver = false;
    let end: (() => void) | undefined;
    const begin = async () => {
      const from = new Date(Date.now() - hourMs).toISOString();
      const { virtualMachineStatistics } = await ask(statisticsQuery, { id, from });
      if (isOver) return;
      this.all = virtualMachineStatistics.points;
      ({ unsubscribe: end } = pipe(
        api.client.subscription(statisticsSubscription, { id, intervalSeconds }),
        subscribe(({ data, error }) => {
          if (error !== undefined) this.problem = problemOf(error);
          const point = data?.virtualMachineStatistics.sinceLast;
          if (point) this.all = withPoint(this.all, point, mostPoints);
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
