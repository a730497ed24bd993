import { formatInDays, formatPercent } from '../i18n/format.ts';
import { m } from '#messages';
import type { CapacityForecast } from './capacity-query.ts';

const words: Record<Exclude<CapacityForecast['outlook'], 'FILLING'>, () => string> = {
  FULL: m.capacity_outlook_FULL,
  SLOW: m.capacity_outlook_SLOW,
  FLAT: m.capacity_outlook_FLAT,
  FALLING: m.capacity_outlook_FALLING,
  UNSTEADY: m.capacity_outlook_UNSTEADY,
  TOO_SHORT: m.capacity_outlook_TOO_SHORT,
};

/** What becomes of it, in a few words: `full in 21 days`. */
export function forecastText({ outlook, daysUntilFull }: CapacityForecast): string {
  return outlook === 'FILLING'
    ? m.capacity_full_in({ when: formatInDays(daysUntilFull ?? 0) })
    : words[outlook]();
}

/** When it passes the threshold; nothing where it will not, or has. */
export function thresholdText(forecast: CapacityForecast): string | undefined {
  const { thresholdPercent, daysUntilThreshold, outlook } = forecast;
  const percent = formatPercent(thresholdPercent / 100);
  if (daysUntilThreshold === 0 && outlook !== 'FULL') return m.capacity_above_threshold({ percent });
  if (daysUntilThreshold === null || outlook === 'FULL') return undefined;
  return m.capacity_threshold_in({ percent, when: formatInDays(daysUntilThreshold) });
}

/** Days that a threshold may be away for one to be told of it on the dashboard. */
export const soonDays = 60;

/** Whether somebody should think of buying something. */
export const isSoonFull = ({ outlook, daysUntilThreshold, daysUntilFull }: CapacityForecast): boolean =>
  outlook === 'FULL' || daysUntilThreshold === 0 || (daysUntilFull ?? Infinity) <= soonDays;
