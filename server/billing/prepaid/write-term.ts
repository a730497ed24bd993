import type { Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { currencyPlaces, roundMoney } from '@nephos/usage/rate/money.ts';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { PrepaidDiscount } from '../../platform/settings/prepaid-discounts.ts';
import type { Settings } from '../../platform/settings/settings.ts';
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
}

const unpayable: ReadonlySet<string> = new Set(['DESTROYED', 'EXPUNGING', 'RELEASING', 'ERROR']);

/** Why a machine is not paid for in advance. */
export function unpaid({ id, name }: Row<'VirtualMachine'>, why: string, remedy?: string): PlatformError {
  return new PlatformError('INVALID_STATE', `${name} cannot be paid for in advance: ${why}`, {
    details: { virtualMachineId: id },
    ...(remedy !== undefined && { remedy }),
  });
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
 * @throws PlatformError INVALID_STATE for a machine that is going or costs nothing, and for a balance that does not suffice
 */
export async function writeTerm(
  tx: Transaction,
  { actor, at, settings }: { actor: Actor | null; at: Date; settings: Settings },
  term: NewTerm,
): Promise<{ id: Id<'PrepaidTerm'>; price: string; currency: string }> {
  const { machine, month, startsAt, endsAt, renewsAutomatically } = term;
  if (unpayable.has(machine.state)) throw unpaid(machine, `it is ${machine.state}`);
  const { accountId } = machine;
  const offer = offerOf(month, term.months, settings.get('billing.prepaid.discounts'));
  const { currency, price } = offer;
  if (!/[1-9]/.test(price)) throw unpaid(machine, `it costs nothing in ${currency}`);
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
  await assertNotOverdrawn(tx, settings, { accountId, currency, price });
  return { id, price, currency };
}

const bytesOf = (text: string | undefined) => (text === undefined ? null : BigInt(text));
