import { m } from '#messages';
import type { Adjustment, Tariff } from './fragments.ts';

/** For whom, and of what, a tariff is, in words. */
export function scopeText(tariff: Tariff): string {
  const { account, domain, zone, offeringId, offeringName, tagKey, tagValue, condition } = tariff;
  const parts = [
    ...(account === null ? [] : [m.tariffs_scope_account({ name: account.name })]),
    ...(domain === null ? [] : [m.tariffs_scope_domain({ path: domain.path })]),
    ...(zone === null ? [] : [m.tariffs_scope_zone({ name: zone.name })]),
    ...(offeringId === null ? [] : [offeringName ?? m.tariffs_scope_offering()]),
    ...(tagKey === null
      ? []
      : [m.tariffs_scope_tag({ tag: tagValue === null ? tagKey : `${tagKey}=${tagValue}` })]),
    ...(condition === null ? [] : [condition]),
  ];
  return parts.length === 0 ? m.tariffs_scope_all() : parts.join(' · ');
}

/** For whom a discount or a tax is. */
export function adjustedText({ account, domain }: Adjustment): string {
  if (account !== null) return m.tariffs_scope_account({ name: account.name });
  return domain === null ? m.tariffs_scope_all() : m.tariffs_scope_domain({ path: domain.path });
}
