import type { Row, Transaction } from '@nephos/model/database.ts';
import type { Id, ImageId } from '@nephos/model/kernel/ids.ts';
import { formatBytes, GiB, MiB } from '@nephos/model/kernel/units.ts';
import { getGuarded } from '../../../identity/access/guarded-loader.ts';
import { assertOffered, assertUsableImage, type Owner } from '../../../identity/access/owner.ts';
import type { Actor } from '../../../platform/actor.ts';
import { invalid } from '../../../platform/errors.ts';
import type { Settings } from '../../../platform/settings/settings.ts';
import { imageFile } from '../machine-spec.ts';
import type { DeployInput } from './deploy-input.ts';

/** A disk that is to be made. */
export interface DiskPlan {
  sizeBytes: bigint;
  diskOfferingId: Id<'DiskOffering'> | null;
  /** Its pool must have all of them. */
  storageTags: readonly string[];
}

export interface RootDiskPlan extends DiskPlan {
  templateId: Id<'Template'> | null;
  isoId: Id<'Iso'> | null;
  /** Where the template, or the ISO, lies, and its format. */
  imagePath: string;
  format: Row<'Image'>['format'];
}

/** What plans of disks are made from. */
export interface PlanFacts {
  tx: Transaction;
  actor: Actor;
  owner: Owner;
  zone: Row<'Zone'>;
  settings: Settings;
  /** The image stays as it is until the transaction ends. */
  isHeld: boolean;
}

const action = 'virtualMachine.deploy';
const smallestDisk = MiB;

/**
 * The disk that a new machine starts from.
 * @throws PlatformError NOT_FOUND, VALIDATION_FAILED, INVALID_STATE while the image is not ready in the zone
 */
export async function planRootDisk(
  facts: PlanFacts,
  input: DeployInput,
  offering: Row<'ServiceOffering'>,
): Promise<RootDiskPlan> {
  const { tx, actor, owner, zone } = facts;
  const imageId: ImageId | null | undefined = input.templateId ?? input.isoId;
  if (imageId == null) throw invalid('input.templateId', null, 'must be given');
  const image = await getGuarded(tx, actor, 'Image', imageId, action);
  await assertUsableImage(tx, owner, image, input.templateId == null ? 'input.isoId' : 'input.templateId');
  const { path, virtualSizeBytes } = await imageFile(tx, image.id, zone.id, facts);
  const source = { imagePath: path, format: image.format };
  if (input.templateId != null) {
    const sizeBytes = rootDiskSize(facts, input.rootDiskSizeBytes, offering, virtualSizeBytes);
    const { storageTags } = offering;
    return {
      sizeBytes,
      diskOfferingId: null,
      storageTags,
      templateId: input.templateId,
      isoId: null,
      ...source,
    };
  }
  if (input.diskOfferingId == null) throw invalid('input.diskOfferingId', null, 'must be given with an ISO');
  const plan = await planDisk(facts, input.diskOfferingId, input.diskSizeBytes, {
    offering: 'input.diskOfferingId',
    size: 'input.diskSize',
  });
  return { ...plan, templateId: null, isoId: input.isoId ?? null, ...source };
}

/** The empty disks beside it. @throws PlatformError NOT_FOUND, VALIDATION_FAILED */
export async function planDataDisks(facts: PlanFacts, input: DeployInput): Promise<DiskPlan[]> {
  const plans: DiskPlan[] = [];
  for (const [index, { diskOfferingId, sizeBytes }] of input.dataDisks.entries()) {
    const path = `input.dataDisks.${index}`;
    const paths = { offering: `${path}.diskOfferingId`, size: `${path}.size` };
    plans.push(await planDisk(facts, diskOfferingId, sizeBytes, paths));
  }
  return plans;
}

async function planDisk(
  { tx, actor, owner, zone, settings }: PlanFacts,
  diskOfferingId: Id<'DiskOffering'>,
  wanted: bigint | null | undefined,
  paths: { offering: string; size: string },
): Promise<DiskPlan> {
  const offering = await getGuarded(tx, actor, 'DiskOffering', diskOfferingId, action);
  assertOffered(owner, zone, offering, paths.offering);
  const { name, storageTags } = offering;
  if (offering.sizeBytes !== null) {
    if (wanted != null && wanted !== offering.sizeBytes)
      throw invalid(paths.size, wanted, `must be left out: ${name} has a fixed size`);
    return { sizeBytes: offering.sizeBytes, diskOfferingId, storageTags };
  }
  if (wanted == null) throw invalid(paths.size, wanted, `must be given: ${name} is of free size`);
  assertDiskSize(paths.size, wanted, smallestDisk, settings);
  return { sizeBytes: wanted, diskOfferingId, storageTags };
}

/** As the offering says, or the input where it leaves the choice; at least as large as the template. */
function rootDiskSize(
  { settings }: PlanFacts,
  wanted: bigint | null | undefined,
  { name, rootDiskBytes }: Row<'ServiceOffering'>,
  ofTemplate: bigint,
): bigint {
  const path = 'input.rootDiskSize';
  if (rootDiskBytes !== null) {
    if (wanted != null && wanted !== rootDiskBytes)
      throw invalid(
        path,
        wanted,
        `must be left out: ${name} has root disks of ${formatBytes(rootDiskBytes)}`,
      );
    return rootDiskBytes > ofTemplate ? rootDiskBytes : ofTemplate;
  }
  if (wanted == null || wanted === ofTemplate) return ofTemplate;
  if (wanted < ofTemplate)
    throw invalid(path, wanted, `must be at least ${formatBytes(ofTemplate)}, the size of the template`);
  assertDiskSize(path, wanted, ofTemplate, settings);
  return wanted;
}

function assertDiskSize(path: string, sizeBytes: bigint, smallest: bigint, settings: Settings): void {
  const largest = BigInt(settings.get('storage.max.volume.gib')) * GiB;
  if (sizeBytes >= smallest && sizeBytes <= largest && sizeBytes % MiB === 0n) return;
  throw invalid(
    path,
    sizeBytes,
    `must be whole MiB from ${formatBytes(smallest)} to ${formatBytes(largest)}`,
  );
}
