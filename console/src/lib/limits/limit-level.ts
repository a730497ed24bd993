import CircleAlert from '~icons/lucide/circle-alert';
import CircleCheck from '~icons/lucide/circle-check';
import Unlimited from '~icons/lucide/infinity';
import TriangleAlert from '~icons/lucide/triangle-alert';
import type { StatusLook } from '../jobs/job-status.ts';
import { m } from '#messages';
import type { Limit } from './limit-queries.ts';

/** How near something is to its limit. */
export type LimitLevel = 'UNLIMITED' | 'FREE' | 'FILLING' | 'REACHED' | 'EXCEEDED';

const fillingFrom = 0.75;

export function limitLevel({ used, maximum }: Pick<Limit, 'used' | 'maximum'>): LimitLevel {
  if (maximum === null) return 'UNLIMITED';
  const [has, may] = [Number(used), Number(maximum)];
  if (has > may) return 'EXCEEDED';
  if (has === may) return 'REACHED';
  return has >= may * fillingFrom ? 'FILLING' : 'FREE';
}

export const limitLevelLooks: Record<LimitLevel, StatusLook> = {
  UNLIMITED: { tone: 'quiet', icon: Unlimited, label: m.limits_level_UNLIMITED },
  FREE: { tone: 'good', icon: CircleCheck, label: m.limits_level_FREE },
  FILLING: { tone: 'warn', icon: TriangleAlert, label: m.limits_level_FILLING },
  REACHED: { tone: 'bad', icon: CircleAlert, label: m.limits_level_REACHED },
  EXCEEDED: { tone: 'bad', icon: CircleAlert, label: m.limits_level_EXCEEDED },
};
