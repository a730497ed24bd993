import { ask } from '../../api/connection.svelte.ts';
import { graphql, type ResultOf } from '../../api/graphql.ts';
import { problemFrom } from '../../api/problem.ts';
import type { PointSource } from '../../statistics/live-points.svelte.ts';

const poolStatisticsQuery = graphql(`
  query StoragePoolStatistics($id: ID!, $from: DateTime) {
    storagePoolStatistics(id: $id, from: $from) {
      points {
        at
        used
        total
      }
    }
  }
`);

export type PoolPoint = ResultOf<typeof poolStatisticsQuery>['storagePoolStatistics']['points'][number];

/** Pools are measured once a minute; there is nothing to see in between. */
const minuteMs = 60_000;

const stored = async (id: string, from: string): Promise<readonly PoolPoint[]> =>
  (await ask(poolStatisticsQuery, { id, from })).storagePoolStatistics.points;

export const poolPoints: PointSource<PoolPoint> = {
  stored,
  follow: (id, onPoint, onProblem) => {
    const timer = setInterval(() => {
      stored(id, new Date(Date.now() - 3 * minuteMs).toISOString())
        .then((points) => points.forEach(onPoint))
        .catch((error: unknown) => onProblem(problemFrom(error)));
    }, minuteMs);
    return () => clearInterval(timer);
  },
};
