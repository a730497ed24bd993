import type { Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { currencyPlaces, roundMoney } from '@nephos/usage/rate/money.ts';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { PrepaidDiscount } from '../../platform/settings/prepaid-discounts.ts';
import { postEntry } from '../ledger/post-entry.ts';
import { assertNotOverdrawn } from './affordable.ts';
import type { MachineMonth } from './machine-prices.ts';
import { discountFor, termPrice } from './prepaid-discounts.ts';

export interface NewTerm {
  machine: Row<'VirtualMachine'>;
  month: MachineMonth;
  months: number;
  startsAt: Date;
  endsAt: Date;
  renewsAutomatically: boolean;
  discounts: readonly PrepaidDiscount[];
}

/** What a term of so many months costs. All amounts are decimal text. */
export function offerOf(month: MachineMonth, months: number, discounts: readonly PrepaidDiscount[]) {
  const { currency, price } = month;
  const discount = discountFor(discounts, months);
  return {
    currency,
    months,
    monthPrice: roundMoney(price, currencyPlaces(currency)),
    discountPercent: roundMoney({ numerator: discount * 10n ** 8n, denominator: 1n }, 4),
    price: termPrice(price, currency, { months, discount }),
  };
}

/**
 * Writes a term with what it covers, and takes its price from the balance.
 * @throws PlatformError INVALID_STATE for what costs nothing, and for a balance that does not suffice
 */
export async function writeTerm(
  tx: Transaction,
  { actor, at }: { actor: Actor | null; at: Date },
  term: NewTerm,
): Promise<{ id: Id<'PrepaidTerm'>; price: string; currency: string }> {
  const { machine, month, startsAt, endsAt, renewsAutomatically } = term;
  const { accountId } = machine;
  const offer = offerOf(month, term.months, term.discounts);
  const { currency, price } = offer;
  if (!/[1-9]/.test(price))
    throw new PlatformError(
      'INVALID_STATE',
      `${machine.name} costs nothing in ${currency}: there is nothing to pay`,
      {
        details: { virtualMachineId: machine.id, currency },
      },
    );
  const id = newId('PrepaidTerm');
  await tx
    .insertInto('PrepaidTerm')
    .values({
      ...{ id, accountId, virtualMachineId: machine.id, virtualMachineName: machine.name },
      ...{ ...offer, startsAt, endsAt, renewsAutomatically, createdAt: at },
    })
    .execute();
  await tx
    .insertInto('PrepaidCover')
    .values(
      month.paid.map(({ use, tariff }) => ({
        ...{
          termId: id,
          usageType: use.usageType,
          charge: tariff.charge,
          tariffId: tariff.id as Id<'Tariff'>,
        },
        ...{ resourceId: use.resourceId, resourceName: use.resourceName },
        cpuCount: use.attributes.cpuCount ?? null,
        memoryBytes: bytesOf(use.attributes.memoryBytes),
        sizeBytes: bytesOf(use.attributes.sizeBytes),
      })),
    )
    .execute();
  await postEntry(tx, {
    ...{ accountId, currency, amount: `-${price}`, kind: 'PREPAYMENT', referenceId: id, month: null },
    ...{ note: machine.name, actor, at },
  });
  await assertNotOverdrawn(tx, accountId, currency);
  return { id, price, currency };
}

const bytesOf = (text: string | undefined) => (text === undefined ? null : BigInt(text));
