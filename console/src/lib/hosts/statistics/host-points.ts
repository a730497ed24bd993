import { ask } from '../../api/connection.svelte.ts';
import { graphql, type ResultOf } from '../../api/graphql.ts';
import type { PointSource } from '../../statistics/live-points.svelte.ts';
import { intervalSeconds, subscribed } from '../../statistics/subscribed.ts';

const hostStatisticsQuery = graphql(`
  query HostStatistics($id: ID!, $from: DateTime) {
    hostStatistics(id: $id, from: $from) {
      points {
        at
        cpuPercent
        load
        memoryUsed
        memoryTotal
        networkReceivedBytesPerSecond
        networkSentBytesPerSecond
      }
    }
  }
`);

const hostStatisticsSubscription = graphql(`
  subscription LiveHostStatistics($id: ID!, $intervalSeconds: Int!) {
    hostStatistics(id: $id, intervalSeconds: $intervalSeconds) {
      at
      cpuPercent
      load
      memoryUsed
      memoryTotal
      networkReceivedBytesPerSecond
      networkSentBytesPerSecond
    }
  }
`);

export type HostPoint = ResultOf<typeof hostStatisticsQuery>['hostStatistics']['points'][number];

export const hostPoints: PointSource<HostPoint> = {
  stored: async (id, from) => (await ask(hostStatisticsQuery, { id, from })).hostStatistics.points,
  follow: (id, ...listeners) =>
    subscribed(
      hostStatisticsSubscription,
      { id, intervalSeconds },
      ({ hostStatistics }) => hostStatistics,
      ...listeners,
    ),
};
