import type { PlanField } from './plan-checks.ts';
import type { ZonePlan } from './zone-plan.ts';

/** What every step of the wizard is given. */
export interface StepProps {
  /** Changed in place. */
  plan: ZonePlan;
  /** What is wrong with a field. */
  errorOf: (field: PlanField) => string | undefined;
}
