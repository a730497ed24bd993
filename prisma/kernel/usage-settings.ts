import { isTimeZone } from './wall-clock.ts';

/** How usage is summed up: settings that the server keeps and the usage daemon reads. */
export interface UsageSettings {
  /** How long a period is by the clock on the wall: a part of a day, or a whole one. */
  rangeMinutes: number;
  /** IANA name of the time zone whose days and hours count. */
  timeZone: string;
  /** Minutes after the end of a period at which it is summed up. */
  delayMinutes: number;
  /** For how many months usage events are kept. */
  keptMonths: number;
}

const minutesOfDay = 1440;

/** @returns minutes, or `undefined` for text that is no whole number that divides a day */
export function readRange(text: string): number | undefined {
  if (!/^\d{1,4}$/.test(text)) return undefined;
  const minutes = Number(text);
  return minutes > 0 && minutesOfDay % minutes === 0 ? minutes : undefined;
}

/** @returns the name, or `undefined` for what is no time zone */
export function readTimeZone(text: string): string | undefined {
  return isTimeZone(text) ? text : undefined;
}

/** @returns the time of day as it stands, or `undefined` for what is none */
export function readTimeOfDay(text: string): string | undefined {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text) ? text : undefined;
}

/** @returns the text as it stands, or `undefined` for what is no number of months */
function readMonths(text: string): string | undefined {
  return /^\d{1,3}$/.test(text) && Number(text) > 0 ? text : undefined;
}

/** Each setting: its key, its default, and what reads its text. */
export const usageSettings = {
  range: { key: 'usage.stats.job.aggregation.range', fallback: '1440', read: readRange },
  timeZone: { key: 'usage.aggregation.timezone', fallback: 'UTC', read: readTimeZone },
  runAt: { key: 'usage.stats.job.exec.time', fallback: '00:15', read: readTimeOfDay },
  keptMonths: { key: 'usage.event.retention.months', fallback: '24', read: readMonths },
} as const;

type SettingName = keyof typeof usageSettings;

/** The settings in force. @param changed text of those that somebody changed, by key */
export function usageSettingsFrom(changed: ReadonlyMap<string, string>): UsageSettings {
  const value = (name: SettingName) => {
    const { key, fallback, read } = usageSettings[name];
    const text = changed.get(key) ?? fallback;
    // What breaks the rule was written past the server.
    return read(text) === undefined ? fallback : text;
  };
  const rangeMinutes = Number(value('range'));
  const [hours = 0, minutes = 0] = value('runAt').split(':').map(Number);
  return {
    rangeMinutes,
    timeZone: value('timeZone'),
    // A period that is shorter than a day has its turn as many minutes after its end as that time has beyond whole periods.
    delayMinutes: (hours * 60 + minutes) % rangeMinutes,
    keptMonths: Number(value('keptMonths')),
  };
}
