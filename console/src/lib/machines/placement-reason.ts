import { m } from '#messages';
import type { Refusal } from './create/plan-query.ts';

/** Why hosts do not take a machine. */
export const placementReasons: Record<Refusal, () => string> = {
  HOST_NOT_UP: m.placement_HOST_NOT_UP,
  HOST_NOT_ENABLED: m.placement_HOST_NOT_ENABLED,
  CLUSTER_NOT_ENABLED: m.placement_CLUSTER_NOT_ENABLED,
  ZONE_NOT_ENABLED: m.placement_ZONE_NOT_ENABLED,
  OTHER_HOST: m.placement_OTHER_HOST,
  EXCLUDED_HOST: m.placement_EXCLUDED_HOST,
  OTHER_CLUSTER: m.placement_OTHER_CLUSTER,
  OTHER_POD: m.placement_OTHER_POD,
  OTHER_HYPERVISOR: m.placement_OTHER_HYPERVISOR,
  NO_LIVE_MIGRATION: m.placement_NO_LIVE_MIGRATION,
  NO_UEFI: m.placement_NO_UEFI,
  RESERVED_FOR_OTHERS: m.placement_RESERVED_FOR_OTHERS,
  TAGS_MISSING: m.placement_TAGS_MISSING,
  APART_FROM_GROUP: m.placement_APART_FROM_GROUP,
  TOGETHER_WITH_GROUP: m.placement_TOGETHER_WITH_GROUP,
  STORAGE_NOT_REACHED: m.placement_STORAGE_NOT_REACHED,
  STORAGE_TAGS_MISSING: m.placement_STORAGE_TAGS_MISSING,
  TOO_LITTLE_STORAGE: m.placement_TOO_LITTLE_STORAGE,
  NO_FREE_ADDRESS: m.placement_NO_FREE_ADDRESS,
  TOO_LITTLE_CPU: m.placement_TOO_LITTLE_CPU,
  TOO_LITTLE_MEMORY: m.placement_TOO_LITTLE_MEMORY,
  CLUSTER_CPU_THRESHOLD: m.placement_CLUSTER_CPU_THRESHOLD,
  CLUSTER_MEMORY_THRESHOLD: m.placement_CLUSTER_MEMORY_THRESHOLD,
};
