import { m } from '#messages';
import type { Schedule } from './automation-queries.ts';

export type ScheduledAction = Schedule['action'];

/** In the order that choices show them. */
export const scheduledActions: Record<ScheduledAction, () => string> = {
  START: m.automation_action_START,
  STOP: m.automation_action_STOP,
  FORCE_STOP: m.automation_action_FORCE_STOP,
  REBOOT: m.automation_action_REBOOT,
  FORCE_REBOOT: m.automation_action_FORCE_REBOOT,
  SNAPSHOT: m.machines_action_CREATE_SNAPSHOT,
};

/** Recurrences that people want most. */
export const commonCrons: { cron: string; label: () => string }[] = [
  { cron: '0 7 * * MON-FRI', label: m.automation_cron_weekday_mornings },
  { cron: '0 20 * * MON-FRI', label: m.automation_cron_weekday_evenings },
  { cron: '0 3 * * *', label: m.automation_cron_nightly },
  { cron: '0 4 * * SUN', label: m.automation_cron_sundays },
  { cron: '0 5 1 * *', label: m.automation_cron_monthly },
];
