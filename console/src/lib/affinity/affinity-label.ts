import { m } from '#messages';
import type { AffinityGroup } from './affinity-queries.ts';

export const affinityKinds: Record<AffinityGroup['kind'], () => string> = {
  HOST_ANTI_AFFINITY: m.affinity_kind_HOST_ANTI_AFFINITY,
  HOST_AFFINITY: m.affinity_kind_HOST_AFFINITY,
};

export const affinityKindNames = Object.keys(affinityKinds) as AffinityGroup['kind'][];

export const affinityEnforcements: Record<AffinityGroup['enforcement'], () => string> = {
  HARD: m.affinity_enforcement_HARD,
  SOFT: m.affinity_enforcement_SOFT,
};

export const affinityEnforcementNames = Object.keys(affinityEnforcements) as AffinityGroup['enforcement'][];
