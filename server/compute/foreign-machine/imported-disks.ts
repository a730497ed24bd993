import type { Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { invalid } from '../../platform/errors.ts';

/** A disk of a foreign machine, and the pool that it is to be in. */
export interface ImportedDisk {
  volumeId: Id<'Volume'>;
  poolId: Id<'StoragePool'>;
  path: string;
  sizeBytes: bigint;
}

/**
 * Finds a pool for each disk: the one whose directory it lies in, or else the one that was asked for.
 * @throws PlatformError VALIDATION_FAILED with the path of a disk that lies in none
 */
export async function importedDisks(
  tx: Transaction,
  machine: Row<'ForeignMachine'>,
  host: Pick<Row<'Host'>, 'name'>,
  storagePoolId: Id<'StoragePool'> | null,
): Promise<ImportedDisk[]> {
  const pools = await tx
    .selectFrom('StoragePool')
    .innerJoin('StoragePoolHost', 'StoragePoolHost.poolId', 'StoragePool.id')
    .select(['StoragePool.id', 'path'])
    .where('StoragePoolHost.hostId', '=', machine.hostId)
    .where('state', '=', 'UP')
    .execute();
  const chosen = pools.find(({ id }) => id === storagePoolId);
  if (storagePoolId !== null && chosen === undefined)
    throw invalid(
      'input.storagePoolId',
      storagePoolId,
      `must be a pool that is UP and that ${host.name} reaches`,
    );
  return machine.disks.map(({ path, sizeBytes }) => {
    const [innermost] = pools
      .filter((pool) => path.startsWith(`${pool.path}/`))
      .sort((one, other) => other.path.length - one.path.length);
    const pool = innermost ?? chosen;
    if (pool === undefined) {
      throw invalid(
        'input.storagePoolId',
        null,
        `must be given: ${path} lies in no storage pool that ${host.name} reaches, and is to be taken into one on the same file system`,
      );
    }
    if (sizeBytes === null) throw new Error(`the size of ${path} is not known, and that is no obstacle`);
    return { volumeId: newId('Volume'), poolId: pool.id, path, sizeBytes: BigInt(sizeBytes) };
  });
}
