import { m } from '#messages';

/** Recurrences that people want most, in the order that choices show them. */
export const commonCrons: Readonly<Record<string, () => string>> = {
  '0 3 * * *': m.recurrence_nightly,
  '0 7 * * MON-FRI': m.recurrence_weekday_mornings,
  '0 20 * * MON-FRI': m.recurrence_weekday_evenings,
  '0 4 * * SUN': m.recurrence_sundays,
  '0 5 1 * *': m.recurrence_monthly,
};

/** A recurrence in words, or as it is written where there are none for it. */
export function cronText(cron: string): string {
  return commonCrons[cron]?.() ?? cron;
}
