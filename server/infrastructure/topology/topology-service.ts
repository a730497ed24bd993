import type { Id } from '@nephos/model/kernel/ids.ts';
import { getGuarded } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Platform } from '../../platform/platform.ts';
import { readTopology, type TopologyHost, type TopologyRows } from './topology-store.ts';

export type TopologyCluster = TopologyRows['clusters'][number] & { hosts: TopologyHost[] };
export type TopologyPod = TopologyRows['pods'][number] & { clusters: TopologyCluster[] };
export type TopologyZone = TopologyRows['zones'][number] & { pods: TopologyPod[] };

/** The hardware as a tree. */
export class TopologyService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * Of one zone, or of all; by name on every level.
   * @throws PlatformError NOT_FOUND
   */
  async read(actor: Actor, zoneId: Id<'Zone'> | null): Promise<TopologyZone[]> {
    const { db } = this.#platform;
    if (zoneId !== null) await getGuarded(db, actor, 'Zone', zoneId, 'topology.list');
    return treeOf(await readTopology(db, zoneId));
  }
}

/** As people count: host-2 before host-10. */
const collator = new Intl.Collator('en', { numeric: true });

function named<Row extends { name: string }>(rows: readonly Row[] = []): Row[] {
  return rows.toSorted((one, other) => collator.compare(one.name, other.name));
}

function treeOf({ zones, pods, clusters, hosts }: TopologyRows): TopologyZone[] {
  const hostsOf = Map.groupBy(hosts, ({ clusterId }) => clusterId);
  const clustersOf = Map.groupBy(clusters, ({ podId }) => podId);
  const podsOf = Map.groupBy(pods, ({ zoneId }) => zoneId);
  return named(zones).map((zone) => ({
    ...zone,
    pods: named(podsOf.get(zone.id)).map((pod) => ({
      ...pod,
      clusters: named(clustersOf.get(pod.id)).map((cluster) => ({
        ...cluster,
        hosts: named(hostsOf.get(cluster.id)),
      })),
    })),
  }));
}
