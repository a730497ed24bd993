import { formatNumber } from '../../i18n/format.ts';
import { m } from '#messages';
import type { QuotaPolicy } from './policy-queries.ts';

/** What a policy does, in the order in which it happens. */
export const policySteps = [
  { name: 'graceAfterHours', label: m.credits_grace_after, title: m.policies_grace },
  { name: 'stopAfterHours', label: m.credits_stop_after, title: m.policies_stop },
  { name: 'lockAfterHours', label: m.credits_lock_after, title: m.policies_lock },
] as const;

/** When a step follows: `after 24 h`, `at once`, or never. */
export function hoursText(hours: number | null): string {
  if (hours === null) return m.policies_never();
  return hours === 0 ? m.policies_at_once() : m.policies_after({ hours: formatNumber(hours) });
}

/** Below which amounts owners are told. */
export const amountsText = ({ alertBelow }: Pick<QuotaPolicy, 'alertBelow'>): string =>
  alertBelow.length === 0
    ? m.policies_never()
    : alertBelow.map((each) => formatNumber(Number(each), 6)).join(' · ');
