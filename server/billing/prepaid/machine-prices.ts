import type { Row, Transaction } from '@nephos/model/database.ts';
import { TariffChoice } from '@nephos/usage/rate/choose-tariffs.ts';
import { monthPrices, type MonthPrice } from '@nephos/usage/rate/prepaid-price.ts';
import type { UseShape } from '@nephos/usage/rate/use.ts';
import { usageCatalogue } from '@nephos/usage/usage-types.ts';
import { diskAttributes, machineAttributes } from '../../compute/virtual-machine/usage-attributes.ts';
import { readValidTariffs, withOfferingNames } from '../tariff/store.ts';

/** A use of a machine that can be paid for, and whose it is. */
export interface MachineUse extends UseShape {
  resourceId: string;
  resourceName: string;
}

export type MachineMonth = MonthPrice<MachineUse>;

/**
 * What a month of a machine costs now that runs all the time, with all disks that it has and nobody paid for beyond
 * `from`; by currency, none where nothing has a price.
 */
export async function readMachineMonths(
  tx: Transaction,
  machine: Row<'VirtualMachine'>,
  { at, from }: { at: Date; from: Date },
): Promise<MachineMonth[]> {
  const tariffs = await readValidTariffs(tx, at);
  if (tariffs.length === 0) return [];
  const { lineage } = await tx
    .selectFrom('Account')
    .innerJoin('Domain', 'Domain.id', 'Account.domainId')
    .select('Domain.lineage')
    .where('Account.id', '=', machine.accountId)
    .executeTakeFirstOrThrow();
  const { accountId, zoneId } = machine;
  const whose = { accountId, zoneId, lineage };
  const { RUNNING_VM, ALLOCATED_VM, VOLUME } = usageCatalogue;
  const attributes = machineAttributes(machine);
  const uses = [RUNNING_VM, ALLOCATED_VM].map(({ number }): MachineUse => ({
    ...{ ...whose, usageType: number, attributes, resourceId: machine.id, resourceName: machine.name },
  }));
  for (const disk of await readDisks(tx, machine, from)) {
    uses.push({
      ...{ ...whose, usageType: VOLUME.number, attributes: diskAttributes(disk) },
      ...{ resourceId: disk.id, resourceName: disk.name },
    });
  }
  return monthPrices(new TariffChoice(tariffs), await withOfferingNames(tx, uses));
}

/** Disks that came with their own payment, from another machine, are not paid for twice. */
function readDisks(
  tx: Transaction,
  { id, accountId }: Row<'VirtualMachine'>,
  from: Date,
): Promise<Row<'Volume'>[]> {
  return tx
    .selectFrom('Volume')
    .selectAll()
    .where('virtualMachineId', '=', id)
    .where('accountId', '=', accountId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('PrepaidCover')
            .innerJoin('PrepaidTerm', 'PrepaidTerm.id', 'PrepaidCover.termId')
            .select('PrepaidTerm.id')
            .whereRef('PrepaidCover.resourceId', '=', 'Volume.id')
            .where('PrepaidTerm.endsAt', '>', from),
        ),
      ),
    )
    .orderBy('id')
    .execute();
}
