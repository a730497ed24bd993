import { formatNumber } from '../../i18n/format.ts';
import { m } from '#messages';

/** How long a term is, in words. */
export const monthsText = (months: number) =>
  months === 1 ? m.prepaid_month() : m.prepaid_months({ count: formatNumber(months) });
