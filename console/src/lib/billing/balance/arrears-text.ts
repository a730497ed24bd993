import { m } from '#messages';
import type { Balance } from './balance-queries.ts';

export type ArrearsStage = NonNullable<Balance['arrears']>['stage'];

const texts: Record<ArrearsStage, () => string> = {
  WARNED: m.credits_stage_WARNED,
  GRACE: m.credits_stage_GRACE,
  STOPPED: m.credits_stage_STOPPED,
  LOCKED: m.credits_stage_LOCKED,
  LIFTING: m.credits_stage_LIFTING,
};

/** What an account has come to that has a balance below zero. */
export const arrearsText = (stage: ArrearsStage): string => texts[stage]();
