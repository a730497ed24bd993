import type { ApiClient } from '../api-client.ts';

/** An empty cluster of real hosts, beside the simulated ones of a test's zone. @returns its id */
export async function createKvmCluster(admin: ApiClient): Promise<string> {
  const { pods } = await admin.ask<{ pods: { nodes: { id: string }[] } }>('{ pods { nodes { id } } }');
  const { createCluster } = await admin.ask<{ createCluster: { cluster: { id: string } } }>(
    'mutation ($input: CreateClusterInput!) { createCluster(input: $input) { cluster { id } } }',
    { input: { podId: pods.nodes[0]!.id, cluster: { name: 'real', hypervisor: 'KVM' } } },
  );
  return createCluster.cluster.id;
}
