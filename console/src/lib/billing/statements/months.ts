import { locale } from '../../i18n/locale.svelte.ts';

/** A month as the API names it: `2026-11`. Counted from the one of a moment: 0 is that one, 1 the one before. */
export function monthAt(at: Date, before = 0): string {
  const first = new Date(at.getFullYear(), at.getMonth() - before, 1);
  return `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, '0')}`;
}

/** Whether a text names a month. */
export function isMonth(text: string | null | undefined): text is string {
  return text != null && /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
}

/** `November 2026` */
export function monthLabel(month: string): string {
  return new Intl.DateTimeFormat(locale.current, { year: 'numeric', month: 'long', timeZone: 'UTC' }).format(
    new Date(`${month}-01T00:00:00Z`),
  );
}

/** The last months, this one first, for a choice. */
export function lastMonths(at: Date, count: number): { value: string; label: string }[] {
  return Array.from({ length: count }, (_, before) => {
    const value = monthAt(at, before);
    return { value, label: monthLabel(value) };
  });
}
