import {
  advancedInput,
  isRootDiskRight,
  type AdvancedChoices,
  type AdvancedInput,
} from './advanced-choices.ts';
import {
  areCpusRight,
  isMemoryRight,
  sizeInput,
  type OfferedSize,
  type SizeInput,
  type TypedSize,
} from '../chosen-size.ts';
import { userDataProblem } from '../user-data.ts';
import { dataDisksInput, isDiskRight, isGibRight, type DataDiskInput, type KnownDisk } from './data-disks.ts';
import { areNamesRight, countOf } from './machine-names.ts';

export interface DeployChoices {
  zoneId: string;
  /** Account of the project that is to own it; null for one's own. */
  ownerId: string | null;
  source: 'template' | 'iso';
  /** Template or ISO. */
  imageId: string;
  serviceOfferingId: string;
  /** That offering, once it is known. */
  offering: OfferedSize | undefined;
  size: TypedSize;
  name: string;
  /** How many, as it was typed. */
  count: string;
  /** With an ISO: the disk to install on. */
  diskOfferingId: string;
  /** For a disk offering of free size, as it was typed. */
  diskGib: string;
  hasFreeDiskSize: boolean;
  dataDisks: readonly KnownDisk[];
  advanced: AdvancedChoices;
}

export interface DeployInput extends AdvancedInput, SizeInput {
  zoneId: string;
  name: string;
  count?: number;
  serviceOfferingId: string;
  accountId?: string;
  templateId?: string;
  isoId?: string;
  diskOfferingId?: string;
  diskSize?: number;
  dataDisks?: DataDiskInput[];
}

export type DeployProblem = 'source' | 'offering' | 'name' | 'count' | 'disk' | 'dataDisk' | 'userData';

const gib = 1024 ** 3;

/** What is still missing or wrong. */
export function deployProblems(choices: DeployChoices): DeployProblem[] {
  const problems: DeployProblem[] = [];
  if (choices.imageId === '') problems.push('source');
  const { offering, size } = choices;
  const isSizeFit = !offering || (areCpusRight(offering, size) && isMemoryRight(offering, size));
  if (choices.serviceOfferingId === '' || !isSizeFit) problems.push('offering');
  const count = countOf(choices.count);
  if (!areNamesRight(choices.name, count ?? 1)) problems.push('name');
  if (count === undefined) problems.push('count');
  const needsDisk = choices.source === 'iso';
  const isSizeRight = !choices.hasFreeDiskSize || isGibRight(choices.diskGib);
  if (needsDisk && (choices.diskOfferingId === '' || !isSizeRight)) problems.push('disk');
  if (!needsDisk && !isRootDiskRight(choices.advanced)) problems.push('disk');
  if (!choices.dataDisks.every(isDiskRight)) problems.push('dataDisk');
  // What cloud-init would not know, something else in the guest may; what is too long the server refuses.
  if (userDataProblem(choices.advanced.userData)?.kind === 'size') problems.push('userData');
  return problems;
}

/** The input of `deployVirtualMachine`, without anything that says nothing. */
export function deployInput(choices: DeployChoices): DeployInput {
  const { zoneId, ownerId, name, serviceOfferingId, dataDisks } = choices;
  const count = countOf(choices.count) ?? 1;
  const input = {
    zoneId,
    name,
    ...(count > 1 && { count }),
    serviceOfferingId,
    ...(ownerId !== null && { accountId: ownerId }),
    ...(choices.offering && sizeInput(choices.offering, choices.size)),
    ...(dataDisks.length > 0 && { dataDisks: dataDisksInput(dataDisks) }),
    ...advancedInput(choices.advanced, choices.source),
  };
  if (choices.source === 'template') return { ...input, templateId: choices.imageId };
  return {
    ...input,
    isoId: choices.imageId,
    diskOfferingId: choices.diskOfferingId,
    ...(choices.hasFreeDiskSize && { diskSize: Number(choices.diskGib) * gib }),
  };
}
