import type { Schedule } from './automation-queries.ts';
import type { ScheduledAction } from './scheduled-action.ts';

/** A schedule as a form has it. */
export interface TypedSchedule {
  action: ScheduledAction;
  /** How many snapshots stay, where it takes them. */
  keep: string;
  cron: string;
  timeZone: string;
  description: string;
}

const mostKept = 100;

export function typedSchedule(schedule?: Schedule): TypedSchedule {
  return {
    action: schedule?.action ?? 'START',
    keep: String(schedule?.keep ?? 3),
    cron: schedule?.cron ?? '0 7 * * MON-FRI',
    timeZone: schedule?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    description: schedule?.description ?? '',
  };
}

export function isKeepRight({ action, keep }: TypedSchedule): boolean {
  return action !== 'SNAPSHOT' || (/^[1-9]\d*$/.test(keep.trim()) && Number(keep) <= mostKept);
}

/** As the API takes it. */
export function scheduleInput({ action, keep, cron, timeZone, description }: TypedSchedule) {
  const kept = action === 'SNAPSHOT' ? { keep: Number(keep) } : {};
  return { action, cron: cron.trim(), timeZone, description: description.trim(), ...kept };
}
