import { ask } from '../../api/connection.svelte.ts';
import { graphql } from '../../api/graphql.ts';
import type { PointSource } from '../../statistics/live-points.svelte.ts';
import { intervalSeconds, subscribed } from '../../statistics/subscribed.ts';
import type { Point } from './points.ts';

const statisticsQuery = graphql(`
  query Statistics($id: ID!, $from: DateTime) {
    virtualMachineStatistics(id: $id, from: $from) {
      points {
        at
        cpuPercent
        memoryUsed
        memoryHeld
        diskReadBytesPerSecond
        diskWriteBytesPerSecond
        networkReceivedBytesPerSecond
        networkSentBytesPerSecond
      }
    }
  }
`);

const statisticsSubscription = graphql(`
  subscription LiveStatistics($id: ID!, $intervalSeconds: Int!) {
    virtualMachineStatistics(id: $id, intervalSeconds: $intervalSeconds) {
      sinceLast {
        at
        cpuPercent
        memoryUsed
        memoryHeld
        diskReadBytesPerSecond
        diskWriteBytesPerSecond
        networkReceivedBytesPerSecond
        networkSentBytesPerSecond
      }
    }
  }
`);

export const machinePoints: PointSource<Point> = {
  stored: async (id, from) => (await ask(statisticsQuery, { id, from })).virtualMachineStatistics.points,
  follow: (id, ...listeners) =>
    subscribed(
      statisticsSubscription,
      { id, intervalSeconds },
      ({ virtualMachineStatistics }) => virtualMachineStatistics.sinceLast,
      ...listeners,
    ),
};
