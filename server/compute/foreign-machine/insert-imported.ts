import type { Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import type { MachineSize } from '../service-offering/chosen-size.ts';
import type { MachineRow } from '../virtual-machine/store.ts';
import type { ImportedDisk } from './imported-disks.ts';
import type { importedNics } from './imported-nics.ts';

/** What was decided about a machine that is taken over. */
export interface ImportedMachine {
  machineId: Id<'VirtualMachine'>;
  foreign: Row<'ForeignMachine'>;
  host: Row<'Host'>;
  name: string;
  accountId: Id<'Account'>;
  serviceOfferingId: Id<'ServiceOffering'>;
  size: MachineSize;
  disks: readonly ImportedDisk[];
  nics: Awaited<ReturnType<typeof importedNics>>;
  at: Date;
}

/**
 * Writes a machine that its host has already, with its disks and cards.
 * @throws PlatformError VALIDATION_FAILED for a name that is taken, RESOURCE_IN_USE for hardware addresses that are
 */
export async function insertImported(tx: Transaction, imported: ImportedMachine): Promise<MachineRow> {
  const { machineId, host, name, accountId, disks, nics, at } = imported;
  const machine = await insertRow(tx, imported);
  await tx
    .insertInto('Volume')
    .values(
      disks.map(({ volumeId, poolId, sizeBytes }, deviceIndex) => ({
        id: volumeId,
        accountId,
        zoneId: host.zoneId,
        poolId,
        virtualMachineId: machineId,
        kind: deviceIndex === 0 ? ('ROOT' as const) : ('DATA' as const),
        name: deviceIndex === 0 ? `root-${name}` : `data-${deviceIndex}-${name}`,
        sizeBytes,
        deviceIndex,
        state: 'CREATING' as const,
        createdAt: at,
      })),
    )
    .execute();
  if (nics.length > 0) await insertNics(tx, imported);
  return machine;
}

async function insertRow(tx: Transaction, imported: ImportedMachine): Promise<MachineRow> {
  const { machineId, foreign, host, name, accountId, serviceOfferingId, size, at } = imported;
  const isRunning = foreign.power !== 'OFF';
  try {
    return await tx
      .insertInto('VirtualMachine')
      .values({
        id: machineId,
        accountId,
        zoneId: host.zoneId,
        name,
        state: 'STARTING',
        desiredPower: isRunning ? 'ON' : 'OFF',
        serviceOfferingId,
        ...(isRunning ? { hostId: host.id } : { lastHostId: host.id }),
        ...size,
        bootMode: foreign.bootMode,
        // Its guest was set up elsewhere.
        seedVersion: 0,
        createdAt: at,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  } catch (error) {
    if (isUniqueViolation(error, 'VirtualMachine_accountId_name_live_key'))
      throw invalid('input.name', name, 'is the name of another machine of the account');
    throw error;
  }
}

async function insertNics(
  tx: Transaction,
  { machineId, accountId, nics, at }: ImportedMachine,
): Promise<void> {
  try {
    await tx
      .insertInto('Nic')
      .values(nics.map((nic) => ({ ...nic, accountId, virtualMachineId: machineId, createdAt: at })))
      .execute();
  } catch (error) {
    if (!isUniqueViolation(error, 'Nic_macAddress_key')) throw error;
    throw new PlatformError('RESOURCE_IN_USE', 'another machine has one of its hardware addresses', {
      details: { macAddresses: nics.map(({ macAddress }) => macAddress) },
    });
  }
}
