import type { Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { parsePrice } from '@nephos/usage/rate/money.ts';
import { lockForChange } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { longestTerm } from '../../platform/settings/prepaid-discounts.ts';
import { Check } from '../../platform/validation.ts';
import { endTerm } from './end-term.ts';
import { readMachineMonths, type MachineMonth } from './machine-prices.ts';
import { holdPeriods, termEnd, termStart } from './term-dates.ts';
import { offerOf, unpaid, writeTerm } from './write-term.ts';

export interface PrepayInput extends ExpectsVersion {
  virtualMachineId: Id<'VirtualMachine'>;
  months: number;
  /** Of those that the machine has a price in; may be left out where that is one. */
  currency?: string | null | undefined;
  renewsAutomatically?: boolean | null | undefined;
  /** Decimal text: nothing is paid if it costs anything else by now. */
  expectedPrice?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
}

export interface UpdateTermInput extends ExpectsVersion {
  id: Id<'PrepaidTerm'>;
  renewsAutomatically: boolean;
}

export interface EndTermInput extends ExpectsVersion {
  id: Id<'PrepaidTerm'>;
  idempotencyKey?: string | null | undefined;
}

/** What machines would cost now if they were paid for in advance. */
export type PrepaidOffer = ReturnType<typeof offerOf> & { startsAt: Date; endsAt: Date };

/** Machines that are paid for in advance. */
export class PrepaidService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** What terms of so many months would cost, by currency; none where nothing that the machine uses has a price. */
  async offers(machine: Row<'VirtualMachine'>, months: readonly number[]): Promise<PrepaidOffer[]> {
    const check = new Check();
    for (const [index, each] of months.entries()) check.range(`months.${index}`, each, 1, longestTerm);
    check.range('months', months.length, 1, longestTerm);
    check.done();
    const { db, clock, settings } = this.#platform;
    const at = clock.now();
    const timeZone = settings.get('usage.aggregation.timezone');
    const discounts = settings.get('billing.prepaid.discounts');
    return db.transaction().execute(async (tx) => {
      const startsAt = (await findLastTerm(tx, machine, at))?.endsAt ?? (await termStart(tx, at, timeZone));
      const offers: PrepaidOffer[] = [];
      for (const month of await readMachineMonths(tx, machine, { at, from: startsAt })) {
        for (const each of months) {
          const endsAt = await termEnd(tx, { startsAt, months: each, timeZone });
          offers.push({ ...offerOf(month, each, discounts), startsAt, endsAt });
        }
      }
      return offers;
    });
  }

  /**
   * Pays for a machine in advance, with its processors, memory and disks as they are now.
   * @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, VERSION_CONFLICT, INVALID_STATE when it is paid for
   * already, nothing it uses has a price, or the balance does not suffice
   */
  prepay(actor: Actor, input: PrepayInput): Promise<{ termId: string }> {
    const action = 'prepaidTerm.create';
    const { months, expectedPrice } = input;
    const check = new Check();
    check.range('input.months', months, 1, longestTerm);
    check.done();
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const machine = await lockForChange(tx, actor, 'VirtualMachine', input.virtualMachineId, action);
      assertVersion(`virtual machine ${machine.name}`, machine, input);
      const { settings } = this.#platform;
      const timeZone = settings.get('usage.aggregation.timezone');
      const last = await findLastTerm(tx, machine, at);
      if (last?.endedAt === null)
        throw unpaid(
          machine,
          `it is paid for until ${last.endsAt.toISOString()}`,
          'let its term renew itself',
        );
      await holdPeriods(tx);
      const startsAt = last?.endsAt ?? (await termStart(tx, at, timeZone));
      const prices = await readMachineMonths(tx, machine, { at, from: startsAt });
      const month = chosenMonth(machine, prices, input.currency);
      const { price } = offerOf(month, months, settings.get('billing.prepaid.discounts'));
      if (expectedPrice != null && parsePrice(expectedPrice) !== parsePrice(price))
        throw invalid('input.expectedPrice', expectedPrice, `must be the price now, ${price}`);
      const term = await writeTerm(
        tx,
        { actor, at, settings },
        {
          ...{ machine, month, months, startsAt },
          endsAt: await termEnd(tx, { startsAt, months, timeZone }),
          renewsAutomatically: input.renewsAutomatically ?? false,
        },
      );
      mutation.concerns('PrepaidTerm', term.id, machine.accountId, {
        ...{ virtualMachineId: machine.id, months, price: term.price, currency: term.currency },
      });
      return { termId: term.id };
    });
  }

  /** @throws PlatformError NOT_FOUND, FORBIDDEN, INVALID_STATE for a term that is over, VERSION_CONFLICT */
  update(actor: Actor, input: UpdateTermInput): Promise<{ termId: string }> {
    const action = 'prepaidTerm.update';
    return this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx, at } = mutation;
      const term = await lockForChange(tx, actor, 'PrepaidTerm', input.id, action);
      assertVersion('the prepaid term', term, input);
      assertRuns(term, at);
      const { renewsAutomatically } = input;
      await tx
        .updateTable('PrepaidTerm')
        .set({ renewsAutomatically, renewalProblem: null })
        .where('id', '=', term.id)
        .execute();
      const changes = changedFields(
        { renewsAutomatically: term.renewsAutomatically },
        { renewsAutomatically },
      );
      mutation.concerns('PrepaidTerm', term.id, term.accountId, changes);
      return { termId: term.id };
    });
  }

  /**
   * Ends a term with the day, and pays back what is left of it, at the discount that so short a term has.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, INVALID_STATE for a term that is over, VERSION_CONFLICT
   */
  end(actor: Actor, input: EndTermInput): Promise<{ termId: string }> {
    const action = 'prepaidTerm.end';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const term = await lockForChange(tx, actor, 'PrepaidTerm', input.id, action);
      assertVersion('the prepaid term', term, input);
      assertRuns(term, at);
      const refund = await endTerm(tx, term, { actor, at, settings: this.#platform.settings });
      mutation.concerns('PrepaidTerm', term.id, term.accountId, { refund, currency: term.currency });
      return { termId: term.id };
    });
  }
}

/** The term that ends last of those that are not over. */
function findLastTerm(
  tx: Transaction,
  { id }: Row<'VirtualMachine'>,
  at: Date,
): Promise<Row<'PrepaidTerm'> | undefined> {
  return tx
    .selectFrom('PrepaidTerm')
    .selectAll()
    .where('virtualMachineId', '=', id)
    .where('endsAt', '>', at)
    .orderBy('endsAt', 'desc')
    .limit(1)
    .executeTakeFirst();
}

function chosenMonth(
  machine: Row<'VirtualMachine'>,
  months: readonly MachineMonth[],
  currency: string | null | undefined,
): MachineMonth {
  const currencies = months.map((each) => each.currency);
  if (months.length > 1 && currency == null)
    throw invalid('input.currency', null, `must be one of ${currencies.join(', ')}`);
  const month = currency == null ? months[0] : months.find((each) => each.currency === currency);
  if (month === undefined)
    throw unpaid(machine, `nothing that it uses has a price${currency == null ? '' : ` in ${currency}`}`);
  return month;
}

function assertRuns({ virtualMachineName, endsAt, endedAt }: Row<'PrepaidTerm'>, at: Date): void {
  if (endedAt === null && endsAt > at) return;
  throw new PlatformError(
    'INVALID_STATE',
    `the prepaid term of ${virtualMachineName} is over, or was ended: ${endsAt.toISOString()}`,
    { details: { endsAt: endsAt.toISOString() } },
  );
}
