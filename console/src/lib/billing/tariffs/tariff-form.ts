import type { TariffPreviewInput } from './tariff-queries.ts';
import type { Tariff, TariffUnit, TariffVersion } from './fragments.ts';
import { unitsOf } from './tariff-units.ts';

/** A tier as a form has it; the last has no `upTo`. */
export interface TypedTier {
  upTo: string;
  price: string;
}

/** A price as a form has it. */
export interface TypedPrice {
  unit: TariffUnit;
  included: string;
  tiers: TypedTier[];
  /** Local date and time of a whole hour; empty: as soon as may be. */
  validFrom: string;
}

/** What a tariff is for, as a form has it; empty text is for everything. */
export interface TypedScope {
  accountId: string;
  domain: { id: string; path: string };
  zoneId: string;
  offeringId: string;
  tagKey: string;
  tagValue: string;
  condition: string;
}

export interface TypedTariff {
  name: string;
  description: string;
  usageType: string;
  charge: string;
  currency: string;
  scope: TypedScope;
  price: TypedPrice;
}

const blankScope: TypedScope = {
  ...{ accountId: '', domain: { id: '', path: '' }, zoneId: '', offeringId: '' },
  ...{ tagKey: '', tagValue: '', condition: '' },
};

export function blankPrice(usageType: number): TypedPrice {
  return {
    unit: unitsOf(usageType)[0] ?? 'HOUR',
    included: '',
    tiers: [{ upTo: '', price: '' }],
    validFrom: '',
  };
}

export function blankTariff(currency: string): TypedTariff {
  return {
    ...{ name: '', description: '', usageType: '1', charge: 'use', currency },
    scope: { ...blankScope },
    price: blankPrice(1),
  };
}

/** A price that begins as another one is. */
export function typedPrice({ unit, included, tiers }: TariffVersion): TypedPrice {
  return {
    unit,
    included: Number(included) === 0 ? '' : String(included),
    tiers: tiers.map(({ upTo, price }) => ({ upTo: upTo === null ? '' : String(upTo), price })),
    validFrom: '',
  };
}

const decimal = /^\d{1,15}(\.\d{1,12})?$/;
const whole = /^\d{1,12}$/;

/** Whether text is a price: a decimal with up to 12 places. */
export const isPrice = (text: string) => decimal.test(text.trim());

/** Indexes of tiers whose end is not more than that of the one before. */
export function wrongEnds(tiers: readonly TypedTier[]): number[] {
  let above = 0;
  return tiers.slice(0, -1).flatMap(({ upTo }, index) => {
    const end = whole.test(upTo.trim()) ? Number(upTo) : 0;
    const isRight = end > above;
    above = Math.max(above, end);
    return isRight ? [] : [index];
  });
}

/** Whether a price can be sent. */
export function isPriceRight({ tiers, included }: TypedPrice): boolean {
  return (
    tiers.every(({ price }) => isPrice(price)) &&
    wrongEnds(tiers).length === 0 &&
    (included.trim() === '' || whole.test(included.trim()))
  );
}

/** As the API takes it. */
export function priceInput({ unit, tiers, included, validFrom }: TypedPrice) {
  return {
    unit,
    tiers: tiers.map(({ upTo, price }, index) => ({
      price: price.trim(),
      upTo: index === tiers.length - 1 ? null : Number(upTo),
    })),
    included: included.trim() === '' ? null : Number(included),
    validFrom: validFrom === '' ? null : new Date(validFrom).toISOString(),
  };
}

const orNull = (text: string) => (text.trim() === '' ? null : text.trim());

function scopeInput({ accountId, domain, zoneId, offeringId, tagKey, tagValue, condition }: TypedScope) {
  return {
    ...{ accountId: orNull(accountId), domainId: orNull(domain.id), zoneId: orNull(zoneId) },
    ...{ offeringId: orNull(offeringId), tagKey: orNull(tagKey), tagValue: orNull(tagValue) },
    condition: orNull(condition),
  };
}

/** What createTariff takes, but for the name, and the preview too. */
export function draftInput({ usageType, charge, currency, scope, price }: TypedTariff): TariffPreviewInput {
  return {
    ...{ usageType: Number(usageType), charge: charge.trim(), currency: currency.trim().toUpperCase() },
    ...scopeInput(scope),
    price: priceInput(price),
  };
}

/** A tariff with another price, for the preview. */
export function repricedInput(tariff: Tariff, price: TypedPrice): TariffPreviewInput {
  const { id, usageType, charge, currency, account, domain, zone } = tariff;
  const { offeringId, tagKey, tagValue, condition } = tariff;
  return {
    ...{ replacesId: id, usageType, charge, currency, offeringId, tagKey, tagValue, condition },
    ...{ accountId: account?.id ?? null, domainId: domain?.id ?? null, zoneId: zone?.id ?? null },
    price: { ...priceInput(price), validFrom: null },
  };
}
