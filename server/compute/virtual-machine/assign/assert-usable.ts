import type { Row, Transaction } from '@nephos/model/database.ts';
import {
  assertOffered,
  assertOpenZone,
  assertUsableImage,
  type Owner,
} from '../../../identity/access/owner.ts';
import type { MachineRow } from '../store.ts';

const path = 'input.accountId';

/**
 * What a machine is made of must be open to whoever is to own it.
 * @throws PlatformError VALIDATION_FAILED that names what is not
 */
export async function assertUsableBy(
  tx: Transaction,
  owner: Owner,
  machine: MachineRow,
  volumes: readonly Row<'Volume'>[],
): Promise<void> {
  const zone = await tx
    .selectFrom('Zone')
    .selectAll()
    .where('id', '=', machine.zoneId)
    .forShare()
    .executeTakeFirstOrThrow();
  assertOpenZone(owner, zone, path);
  const offering = await tx
    .selectFrom('ServiceOffering')
    .selectAll()
    .where('id', '=', machine.serviceOfferingId)
    .executeTakeFirstOrThrow();
  assertOffered(owner, zone, offering, path);
  const diskOfferingIds = volumes.flatMap(({ diskOfferingId }) => diskOfferingId ?? []);
  if (diskOfferingIds.length > 0) {
    const offerings = await tx
      .selectFrom('DiskOffering')
      .selectAll()
      .where('id', 'in', diskOfferingIds)
      .execute();
    for (const each of offerings) assertOffered(owner, zone, each, path);
  }
  const imageIds = [machine.templateId, machine.isoId].filter((id) => id !== null);
  if (imageIds.length === 0) return;
  // One that was deleted lives on below the disks, and is nobody's any more.
  const images = await tx
    .selectFrom('Image')
    .selectAll()
    .where('id', 'in', imageIds)
    .where('removedAt', 'is', null)
    .execute();
  for (const image of images) await assertUsableImage(tx, owner, image, path);
}
