import type { Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { wallTimeAt } from '@nephos/model/kernel/wall-clock.ts';
import { TariffChoice } from '@nephos/usage/rate/choose-tariffs.ts';
import { validTariff, type ValidTariff } from '@nephos/usage/rate/tariff.ts';
import { storeTiers } from '@nephos/usage/rate/tiers.ts';
import { sql } from 'kysely';
import { getGuarded } from '../../../identity/access/guarded-loader.ts';
import type { Actor } from '../../../platform/actor.ts';
import { isStatementTimeout } from '../../../platform/database-errors.ts';
import { PlatformError } from '../../../platform/errors.ts';
import type { Platform } from '../../../platform/platform.ts';
import { Check } from '../../../platform/validation.ts';
import { isMonth, monthBefore } from '../../cost/billing-month.ts';
import { checkPrice, parsedTiers, type PriceInput } from '../price-input.ts';
import { readValidTariffs } from '../store.ts';
import { checkTariff, loadTariffScope, type TariffPlan } from '../tariff-plan.ts';
import { compareCosts, type Comparison } from './compare-costs.ts';
import { monthCosts } from './month-costs.ts';
import { readMonthUses, readStretches, type Stretch } from './month-uses.ts';

export interface PreviewInput extends TariffPlan {
  price: PriceInput;
  /** Instead of this one; beside all others when left out. */
  replacesId?: Id<'Tariff'> | null | undefined;
  month?: string | null | undefined;
}

export interface Preview extends Comparison {
  month: string;
}

/** In milliseconds. */
const longestStatement = 15_000;

/** Says what a tariff would have brought. */
export class PreviewService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * Rates a month again as if a tariff had been valid in all of it, beside or instead of those that were.
   * @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, QUERY_TOO_COMPLEX when it takes too long
   */
  async preview(actor: Actor, input: PreviewInput): Promise<Preview> {
    const { db, clock, settings } = this.#platform;
    const timeZone = settings.get('usage.aggregation.timezone');
    const month = input.month ?? monthBefore(wallTimeAt(clock.now(), timeZone).date.slice(0, 7));
    const check = new Check();
    checkTariff(check, input);
    checkPrice(check, { ...input.price, validFrom: null }, input.usageType, new Date(0));
    check.that(isMonth(month), 'input.month', month, 'must be a month like 2026-11');
    check.done();
    try {
      return await db
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute(async (tx) => {
          await sql`select set_config('statement_timeout', ${String(longestStatement)}, true)`.execute(tx);
          return rateAgain(tx, actor, input, { month, timeZone });
        });
    } catch (error) {
      if (!isStatementTimeout(error)) throw error;
      throw new PlatformError('QUERY_TOO_COMPLEX', `rating ${month} again takes longer than 15 seconds`, {
        remedy: 'look at a month with less usage',
      });
    }
  }
}

async function rateAgain(
  tx: Transaction,
  actor: Actor,
  input: PreviewInput,
  { month, timeZone }: { month: string; timeZone: string },
): Promise<Preview> {
  const { usageType, replacesId } = input;
  if (replacesId != null) await getGuarded(tx, actor, 'Tariff', replacesId, 'tariff.preview');
  const draft = await draftOf(tx, actor, input);
  const stretches = await readStretches(tx, await boundsOf(tx, month, timeZone), usageType);
  const valid: ValidTariff[][] = [];
  for (const { startsAt } of stretches) {
    const tariffs = await readValidTariffs(tx, startsAt);
    valid.push(tariffs.filter((each) => each.usageType === usageType && each.charge === draft.charge));
  }
  const uses = await readMonthUses(tx, stretches, {
    ...{ usageType, charge: draft.charge, tariffs: [draft, ...valid.flat()] },
  });
  const before = monthCosts(
    uses,
    valid.map((tariffs) => new TariffChoice(tariffs)),
  );
  const after = monthCosts(
    uses,
    valid.map((tariffs) => new TariffChoice([...tariffs.filter(({ id }) => id !== replacesId), draft])),
  );
  return { month, ...compareCosts(before, after) };
}

/** The draft, ready to rate with. It is the last that was made. */
async function draftOf(tx: Transaction, actor: Actor, input: PreviewInput): Promise<ValidTariff> {
  const scope = await loadTariffScope(tx, actor, input, 'tariff.preview');
  const { unit, includedUnits } = input.price;
  return validTariff({
    ...{ id: newId('Tariff'), versionId: newId('TariffVersion') },
    ...{ usageType: scope.usageType, charge: scope.charge ?? '', currency: scope.currency },
    ...{ accountId: scope.accountId, domainId: scope.domainId ?? null, zoneId: scope.zoneId ?? null },
    ...{
      offeringId: scope.offeringId ?? null,
      tagKey: scope.tagKey ?? null,
      tagValue: scope.tagValue ?? null,
    },
    ...{ condition: scope.condition ?? null, unit, includedUnits: includedUnits ?? 0n },
    tiers: storeTiers(parsedTiers(input.price)),
  });
}

async function boundsOf(tx: Transaction, month: string, timeZone: string): Promise<Stretch> {
  const { rows } = await sql<Stretch>`
    select "first" at time zone ${timeZone} as "startsAt", ("first" + interval '1 month') at time zone ${timeZone} as "endsAt"
    from (select ${`${month}-01`}::timestamp as "first") as month`.execute(tx);
  const [bounds] = rows;
  if (bounds === undefined) throw new Error('every month has bounds');
  return bounds;
}
