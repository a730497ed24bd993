/** Stretches of days that one looks at most. */
export const rangeNames = ['7-days', '30-days', 'this-month', 'last-month', 'custom'] as const;

export type RangeName = (typeof rangeNames)[number];

/** The first and the last day: `2026-11-29`. */
export interface DayRange {
  first: string;
  last: string;
}

const dayMs = 86_400_000;
const asDay = (time: number) => new Date(time).toISOString().slice(0, 10);
const timeOf = (day: string) => Date.parse(`${day}T00:00:00Z`);

/** A day so many days later. */
export function dayAfter(day: string, days: number): string {
  return asDay(timeOf(day) + days * dayMs);
}

/** Whether text names a day. */
export function isDay(text: string | null | undefined): text is string {
  if (text == null || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = timeOf(text);
  return !Number.isNaN(time) && asDay(time) === text;
}

/** The day that it is in a time zone. */
export function dayIn(timeZone: string, at: Date): string {
  return at.toLocaleDateString('sv-SE', { timeZone });
}

/** The days of a stretch. @param today where usage is summed up */
export function daysOf(name: Exclude<RangeName, 'custom'>, today: string): DayRange {
  const [year = 0, month = 1] = today.split('-').map(Number);
  switch (name) {
    case '7-days':
      return { first: dayAfter(today, -6), last: today };
    case '30-days':
      return { first: dayAfter(today, -29), last: today };
    case 'this-month':
      return { first: `${today.slice(0, 7)}-01`, last: today };
    case 'last-month':
      return { first: asDay(Date.UTC(year, month - 2, 1)), last: asDay(Date.UTC(year, month - 1, 0)) };
  }
}

/** Every day of a stretch. */
export function everyDay({ first, last }: DayRange): string[] {
  const count = Math.round((timeOf(last) - timeOf(first)) / dayMs) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => dayAfter(first, index));
}

/** How far a time zone's clocks are ahead of UTC at a moment, in milliseconds. */
function offsetAt(time: number, timeZone: string): number {
  const shown = new Date(time).toLocaleString('sv-SE', { timeZone }).replace(' ', 'T');
  return Date.parse(`${shown}Z`) - Math.floor(time / 1000) * 1000;
}

/** The moment at which a day begins in a time zone. */
export function startOf(day: string, timeZone: string): Date {
  const utc = timeOf(day);
  const guess = utc - offsetAt(utc, timeZone);
  // Where clocks were changed in between, the offset is another one there.
  return new Date(utc - offsetAt(guess, timeZone));
}

/** The moments between which a stretch of days lies. */
export function momentsOf({ first, last }: DayRange, timeZone: string): { from: string; until: string } {
  return {
    from: startOf(first, timeZone).toISOString(),
    until: startOf(dayAfter(last, 1), timeZone).toISOString(),
  };
}
