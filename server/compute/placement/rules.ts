import type { PlacementStrategy } from '@nephos/model/generated/enums.ts';
import { sql, type RawBuilder } from 'kysely';
import { nearestValue } from '../../platform/settings/nearest-value.ts';
import type { Settings } from '../../platform/settings/settings.ts';

/** Numbers that clusters, pools or zones may have of their own. */
interface ScopedRules {
  /** Percent of its processors, or memory, above which a cluster gets no new machine. */
  clusterCpuThreshold: number;
  clusterMemoryThreshold: number;
  /** How many times its size a pool may be promised, where nothing else is said of it. */
  storageOverprovisioning: number;
  /** Percent of used space above which a pool gets no new disk. */
  storageThreshold: number;
}

/** What operators set for all placing. */
export interface PlacementRules extends ScopedRules {
  /** How hosts that fit are ordered, where the offering says nothing. */
  strategy: PlacementStrategy;
  /** Tags that hold for an explicit target too. */
  strictTags: readonly string[];
  /** Values of single clusters, pools and zones, by their ids. */
  own?: { [Name in keyof ScopedRules]: ReadonlyMap<string, number> };
}

const keys = {
  clusterCpuThreshold: 'cluster.cpu.allocated.capacity.disablethreshold',
  clusterMemoryThreshold: 'cluster.memory.allocated.capacity.disablethreshold',
  storageOverprovisioning: 'storage.overprovisioning.factor',
  storageThreshold: 'pool.storage.allocated.capacity.disablethreshold',
} as const;

/** The rules in force. */
export function placementRules(settings: Settings): PlacementRules {
  return {
    strategy: settings.get('vm.allocation.algorithm'),
    strictTags: settings.get('vm.strict.host.tags'),
    clusterCpuThreshold: settings.get(keys.clusterCpuThreshold),
    clusterMemoryThreshold: settings.get(keys.clusterMemoryThreshold),
    storageOverprovisioning: settings.get(keys.storageOverprovisioning),
    storageThreshold: settings.get(keys.storageThreshold),
    own: {
      clusterCpuThreshold: settings.ownValues(keys.clusterCpuThreshold),
      clusterMemoryThreshold: settings.ownValues(keys.clusterMemoryThreshold),
      storageOverprovisioning: settings.ownValues(keys.storageOverprovisioning),
      storageThreshold: settings.ownValues(keys.storageThreshold),
    },
  };
}

/** A rule in SQL, as it holds for each cluster, or pool, of a zone. */
export function ruleFor(
  rules: PlacementRules,
  name: keyof ScopedRules,
  within: { id: RawBuilder<unknown>; zoneId: RawBuilder<unknown> },
): RawBuilder<number> {
  return nearestValue(rules[name], rules.own?.[name], [within.id, within.zoneId]);
}

/** The pool `p` of a statement. */
export const poolPlace = { id: sql`p."id"`, zoneId: sql`p."zoneId"` };
