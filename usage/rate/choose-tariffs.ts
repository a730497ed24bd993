import type { ValidTariff } from './tariff.ts';
import type { UseShape } from './use.ts';

/**
 * Chooses the tariffs that a use is rated with: of each charge the most specific that applies. More specific is, in
 * this order, what is for the account; for a domain, the nearest first; for the offering; for a tag, with a value
 * before any value; for the zone; what has a condition; and at last what was made later.
 */
export class TariffChoice {
  readonly #tariffs = new Map<number, ValidTariff[]>();
  /** Tariffs that may apply to uses of one type, account and zone, the most specific first. */
  readonly #candidates = new Map<string, ValidTariff[]>();

  constructor(tariffs: readonly ValidTariff[]) {
    for (const tariff of tariffs) {
      const ofType = this.#tariffs.get(tariff.usageType);
      if (ofType === undefined) this.#tariffs.set(tariff.usageType, [tariff]);
      else ofType.push(tariff);
    }
  }

  /** Usage types that have any tariff. */
  get usageTypes(): number[] {
    return [...this.#tariffs.keys()];
  }

  /** At most one of each charge; none where nothing has a price. */
  for(use: UseShape): ValidTariff[] {
    const chosen = new Map<string, ValidTariff>();
    for (const tariff of this.#candidatesFor(use)) {
      if (!chosen.has(tariff.charge) && appliesTo(tariff, use)) chosen.set(tariff.charge, tariff);
    }
    return [...chosen.values()];
  }

  #candidatesFor(use: UseShape): ValidTariff[] {
    const { usageType, accountId, lineage, zoneId } = use;
    const key = `${usageType} ${accountId} ${zoneId} ${lineage.at(-1) ?? ''}`;
    const known = this.#candidates.get(key);
    if (known !== undefined) return known;
    const candidates = (this.#tariffs.get(usageType) ?? [])
      .filter((tariff) => reaches(tariff, use))
      .map((tariff) => ({ tariff, rank: rankOf(tariff, lineage) }))
      .sort((a, b) => compareRanks(b.rank, a.rank) || (a.tariff.id < b.tariff.id ? 1 : -1))
      .map(({ tariff }) => tariff);
    this.#candidates.set(key, candidates);
    return candidates;
  }
}

function reaches(tariff: ValidTariff, { accountId, lineage, zoneId }: UseShape): boolean {
  return (
    (tariff.accountId === null || tariff.accountId === accountId) &&
    (tariff.domainId === null || lineage.includes(tariff.domainId)) &&
    (tariff.zoneId === null || tariff.zoneId === zoneId)
  );
}

function appliesTo({ offeringId, tagKey, tagValue, holds }: ValidTariff, use: UseShape): boolean {
  const { attributes } = use;
  if (offeringId !== null && offeringId !== attributes.offeringId) return false;
  if (tagKey !== null) {
    const tags = attributes.tags ?? {};
    if (!Object.hasOwn(tags, tagKey)) return false;
    if (tagValue !== null && tags[tagKey] !== tagValue) return false;
  }
  return holds?.(use) ?? true;
}

function rankOf(tariff: ValidTariff, lineage: readonly string[]): number[] {
  const { accountId, domainId, offeringId, tagKey, tagValue, zoneId, holds } = tariff;
  return [
    accountId === null ? 0 : 1,
    domainId === null ? 0 : lineage.indexOf(domainId) + 1,
    offeringId === null ? 0 : 1,
    tagKey === null ? 0 : tagValue === null ? 1 : 2,
    zoneId === null ? 0 : 1,
    holds === undefined ? 0 : 1,
  ];
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [index, rank] of a.entries()) {
    const difference = rank - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
