import type { ArrearsStage } from '@nephos/model/generated/enums.ts';
import type { EffectivePolicy } from './policies.ts';

/** What follows when, if an account stays below zero. */
export interface NextStage {
  stage: Exclude<ArrearsStage, 'WARNED' | 'LIFTING'>;
  at: Date;
}

const hourMs = 3_600_000;
const order: readonly ArrearsStage[] = ['WARNED', 'GRACE', 'STOPPED', 'LOCKED'];

type Hours = Pick<EffectivePolicy, 'graceAfterHours' | 'stopAfterHours' | 'lockAfterHours' | 'mayLock'>;

/** The next stage that a policy has after one; `undefined` when it has come as far as it goes. */
export function nextStage(policy: Hours, stage: ArrearsStage, since: Date): NextStage | undefined {
  const after = {
    GRACE: policy.graceAfterHours,
    STOPPED: policy.stopAfterHours,
    LOCKED: policy.mayLock ? policy.lockAfterHours : null,
  };
  for (const each of ['GRACE', 'STOPPED', 'LOCKED'] as const) {
    const hours = after[each];
    if (order.indexOf(each) > order.indexOf(stage) && hours !== null)
      return { stage: each, at: new Date(since.getTime() + hours * hourMs) };
  }
  return undefined;
}
