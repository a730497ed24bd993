import { m } from '#messages';
import type { PlacementStrategy } from './fragments.ts';

export const placementStrategies: Record<PlacementStrategy, () => string> = {
  FIRST_FIT: m.offerings_placement_FIRST_FIT,
  DISPERSING: m.offerings_placement_DISPERSING,
  CONCENTRATING: m.offerings_placement_CONCENTRATING,
  LEAST_CONSUMED: m.offerings_placement_LEAST_CONSUMED,
  RANDOM: m.offerings_placement_RANDOM,
};
