import { locale } from './locale.svelte.ts';

/** A count of bytes as the API sends it: text beyond 2^53. */
export type Bytes = number | string;

type Format = Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat | Intl.ListFormat;

const formats = new Map<string, Format>();

/** Making an Intl format costs more than a hundred uses of it. */
function cached<Made extends Format>(name: string, make: (locale: string) => Made): Made {
  const key = `${locale.current} ${name}`;
  const found = (formats.get(key) as Made | undefined) ?? make(locale.current);
  formats.set(key, found);
  return found;
}

export function formatNumber(value: number, digits = 0): string {
  return cached(
    `number ${digits}`,
    (tag) => new Intl.NumberFormat(tag, { maximumFractionDigits: digits }),
  ).format(value);
}

/**
 * Money as the API sends it: exact decimal text, and a currency of ISO 4217. What is less than the smallest coin
 * is shown by its first two digits, so that it does not look like nothing.
 * @param places most digits after the point; those in which the currency is paid when left out
 */
export function formatMoney(amount: string, currency: string, places?: number): string {
  const usual = cached(
    `money ${currency} ${places ?? ''}`,
    (tag) =>
      new Intl.NumberFormat(tag, {
        style: 'currency',
        currency,
        ...(places !== undefined && { maximumFractionDigits: places }),
      }),
  );
  const size = Math.abs(Number(amount));
  const isLessThanCoin = () => size < 0.5 / 10 ** (usual.resolvedOptions().maximumFractionDigits ?? 2);
  const format =
    places === undefined && size > 0 && size < 0.5 && isLessThanCoin()
      ? cached(
          `small money ${currency}`,
          (tag) => new Intl.NumberFormat(tag, { style: 'currency', currency, maximumSignificantDigits: 2 }),
        )
      : usual;
  return format.format(amount as `${number}`);
}

/** @param share 0 to 1 */
export function formatPercent(share: number, digits = 0): string {
  return cached(
    `percent ${digits}`,
    (tag) => new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: digits }),
  ).format(share);
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

export function formatBytes(value: Bytes): string {
  let size = Number(value);
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${formatNumber(size, size < 10 && unit > 0 ? 1 : 0)} ${units[unit] ?? ''}`;
}

export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}

export function formatMhz(mhz: number): string {
  return mhz >= 1000 ? `${formatNumber(mhz / 1000, 1)} GHz` : `${formatNumber(mhz)} MHz`;
}

export function formatDateTime(value: string | Date): string {
  return cached(
    'date time',
    (tag) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'medium' }),
  ).format(new Date(value));
}

export function formatTime(value: string | Date): string {
  return cached('time', (tag) => new Intl.DateTimeFormat(tag, { timeStyle: 'medium' })).format(
    new Date(value),
  );
}

const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** `3 minutes ago`. @param now in milliseconds */
export function formatAgo(value: string | Date, now: number): string {
  const seconds = (new Date(value).getTime() - now) / 1000;
  const [unit, size] = steps.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  const format = cached('ago', (tag) => new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }));
  return format.format(Math.trunc(seconds / size), unit);
}

/** `1:02:03`, or `0:04`: the same in every language. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** So many days from now: `in 21 days`. */
export function formatInDays(days: number): string {
  return cached('in days', (tag) => new Intl.RelativeTimeFormat(tag, { numeric: 'auto' })).format(
    days,
    'day',
  );
}

export function formatDate(value: string | Date): string {
  return cached('date', (tag) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium' })).format(
    new Date(value),
  );
}

/** The days of a time of which `until` is no part: `1–31 Oct 2026`. */
export function formatDays(from: string, until: string): string {
  const last = Math.max(new Date(from).getTime(), new Date(until).getTime() - 1);
  return cached('days', (tag) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium' })).formatRange(
    new Date(from),
    new Date(last),
  );
}

/** `Running or Suspended`. */
export function formatChoices(choices: readonly string[]): string {
  return cached('choices', (tag) => new Intl.ListFormat(tag, { type: 'disjunction' })).format(choices);
}
