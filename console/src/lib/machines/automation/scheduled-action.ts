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
