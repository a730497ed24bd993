import { hostLook } from './host-look.ts';
import type { TopologyCluster, TopologyHost, TopologyPod, TopologyZone } from './topology-query.ts';

export interface HostSums {
  hosts: number;
  /** Hosts with which something is wrong. */
  wrong: number;
  machines: number;
}

/** What some hosts come to. */
export function sumsOf(hosts: readonly TopologyHost[]): HostSums {
  return {
    hosts: hosts.length,
    wrong: hosts.filter((host) => ['warn', 'bad'].includes(hostLook(host).tone)).length,
    machines: hosts.reduce((sum, { machines }) => sum + machines, 0),
  };
}

/** Hosts whose name or id has a text in it. */
export function isFound({ id, name }: Pick<TopologyHost, 'id' | 'name'>, text: string): boolean {
  return text === '' || id === text || name.toLowerCase().includes(text.toLowerCase());
}

/** A host and where it is. */
export interface PlacedHost {
  zone: TopologyZone;
  pod: TopologyPod;
  cluster: TopologyCluster;
  host: TopologyHost;
}

/** Every host, in the order in which they are drawn. */
export function placedHosts(zones: readonly TopologyZone[]): PlacedHost[] {
  return zones.flatMap((zone) =>
    zone.pods.flatMap((pod) =>
      pod.clusters.flatMap((cluster) => cluster.hosts.map((host) => ({ zone, pod, cluster, host }))),
    ),
  );
}

/** Only what leads to one cluster; everything where no id is given, or there is no such cluster. */
export function zoomed(zones: readonly TopologyZone[], clusterId: string | null): TopologyZone[] {
  const near = zones
    .map((zone) => ({
      ...zone,
      pods: zone.pods
        .map((pod) => ({ ...pod, clusters: pod.clusters.filter(({ id }) => id === clusterId) }))
        .filter(({ clusters }) => clusters.length > 0),
    }))
    .filter(({ pods }) => pods.length > 0);
  return near.length > 0 ? near : [...zones];
}
