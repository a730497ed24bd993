import { locale } from '../../i18n/locale.svelte.ts';

/** An amount in pieces: what is paid, places that are smaller than that, and a sign that may follow. */
export interface MoneyParts {
  paid: string;
  small: string;
  after: string;
}

/** @param more places beyond those in which the currency is paid */
export function formatMoneyParts(amount: number, currency: string, more: number): MoneyParts {
  const paidPlaces =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const places = paidPlaces + more;
  const parts = new Intl.NumberFormat(locale.current, {
    style: 'currency',
    currency,
    minimumFractionDigits: places,
    maximumFractionDigits: places,
  }).formatToParts(amount);
  const fraction = parts.findIndex(({ type }) => type === 'fraction');
  const text = (some: Intl.NumberFormatPart[]) => some.map(({ value }) => value).join('');
  const digits = parts[fraction]?.value ?? '';
  return {
    // Of a currency without smaller coins the point itself is small.
    paid: text(parts.slice(0, paidPlaces === 0 ? fraction - 1 : fraction)) + digits.slice(0, paidPlaces),
    small: (paidPlaces === 0 ? (parts[fraction - 1]?.value ?? '') : '') + digits.slice(paidPlaces),
    after: text(parts.slice(fraction + 1)),
  };
}
