import { graphql } from '../../api/graphql.ts';

export const statisticsQuery = graphql(`
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

export const statisticsSubscription = graphql(`
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
