import type { PlacementStrategy } from '@nephos/model/generated/enums.ts';
import type { Settings } from '../../platform/settings/settings.ts';

/** What operators set for all placing. */
export interface PlacementRules {
  /** How hosts that fit are ordered, where the offering says nothing. */
  strategy: PlacementStrategy;
  /** Tags that hold for an explicit target too. */
  strictTags: readonly string[];
  /** Percent of its processors, or memory, above which a cluster gets no new machine. */
  clusterCpuThreshold: number;
  clusterMemoryThreshold: number;
  /** How many times its size a pool may be promised, where nothing else is said of it. */
  storageOverprovisioning: number;
  /** Percent of used space above which a pool gets no new disk. */
  storageThreshold: number;
}

/** The rules in force. */
export function placementRules(settings: Settings): PlacementRules {
  return {
    strategy: settings.get('vm.allocation.algorithm'),
    strictTags: settings.get('vm.strict.host.tags'),
    clusterCpuThreshold: settings.get('cluster.cpu.allocated.capacity.disablethreshold'),
    clusterMemoryThreshold: settings.get('cluster.memory.allocated.capacity.disablethreshold'),
    storageOverprovisioning: settings.get('storage.overprovisioning.factor'),
    storageThreshold: settings.get('pool.storage.allocated.capacity.disablethreshold'),
  };
}
