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
import { machineNamePattern } from '../machine-state.ts';

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
  /** With an ISO: the disk to install on. */
  diskOfferingId: string;
  /** For a disk offering of free size, as it was typed. */
  diskGib: string;
  hasFreeDiskSize: boolean;
  advanced: AdvancedChoices;
}

export interface DeployInput extends AdvancedInput, SizeInput {
  zoneId: string;
  name: string;
  serviceOfferingId: string;
  accountId?: string;
  templateId?: string;
  isoId?: string;
  diskOfferingId?: string;
  diskSize?: number;
}

export type DeployProblem = 'source' | 'offering' | 'name' | 'disk';

const gib = 1024 ** 3;

/** What is still missing or wrong. */
export function deployProblems(choices: DeployChoices): DeployProblem[] {
  const problems: DeployProblem[] = [];
  if (choices.imageId === '') problems.push('source');
  const { offering, size } = choices;
  const isSizeFit = !offering || (areCpusRight(offering, size) && isMemoryRight(offering, size));
  if (choices.serviceOfferingId === '' || !isSizeFit) problems.push('offering');
  if (!machineNamePattern.test(choices.name)) problems.push('name');
  const needsDisk = choices.source === 'iso';
  const isDiskRight = !choices.hasFreeDiskSize || /^[1-9]\d{0,5}$/.test(choices.diskGib.trim());
  if (needsDisk && (choices.diskOfferingId === '' || !isDiskRight)) problems.push('disk');
  if (!needsDisk && !isRootDiskRight(choices.advanced)) problems.push('disk');
  return problems;
}

/** The input of `deployVirtualMachine`, without anything that says nothing. */
export function deployInput(choices: DeployChoices): DeployInput {
  const { zoneId, ownerId, name, serviceOfferingId } = choices;
  const input = {
    zoneId,
    name,
    serviceOfferingId,
    ...(ownerId !== null && { accountId: ownerId }),
    ...(choices.offering && sizeInput(choices.offering, choices.size)),
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
