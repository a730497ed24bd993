import { graphql } from '../../api/graphql.ts';

export const samplesQuery = graphql(`
  query Samples($id: ID!, $since: DateTime) {
    virtualMachineSamples(id: $id, since: $since) {
      at
      cpuSeconds
      memory
      diskReadBytes
      diskWriteBytes
      networkReceivedBytes
      networkSentBytes
    }
  }
`);

export const statisticsSubscription = graphql(`
  subscription Statistics($id: ID!, $intervalSeconds: Int!) {
    virtualMachineStatistics(id: $id, intervalSeconds: $intervalSeconds) {
      at
      cpuSeconds
      memory
      diskReadBytes
      diskWriteBytes
      networkReceivedBytes
      networkSentBytes
    }
  }
`);
