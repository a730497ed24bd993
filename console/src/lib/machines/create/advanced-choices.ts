import type { Lease } from '../automation/automation-queries.ts';
import type { LeaseChoice } from '../automation/lease-choice.ts';
import { labelsInput, type Label } from '../change/labels.ts';
import { isGibRight } from './data-disks.ts';

/** What is asked of a new machine beside the least. */
export interface AdvancedChoices {
  startsNow: boolean;
  isDeleteProtected: boolean;
  bootMode: 'BIOS' | 'UEFI';
  group: string;
  tags: Label[];
  /** GiB, as it was typed; empty: as large as the offering or the template says. */
  rootDiskGib: string;
  sshKeyPairIds: string[];
  affinityGroupIds: string[];
  generatesPassword: boolean;
  userData: string;
  /** Null: it may stay as long as its owner likes. */
  lease: LeaseChoice | null;
}

export const noChoices = (): AdvancedChoices => ({
  startsNow: true,
  isDeleteProtected: false,
  bootMode: 'BIOS',
  group: '',
  tags: [],
  rootDiskGib: '',
  sshKeyPairIds: [],
  affinityGroupIds: [],
  generatesPassword: false,
  userData: '',
  lease: null,
});

export interface AdvancedInput {
  startsNow?: boolean;
  isDeleteProtected?: boolean;
  bootMode?: 'BIOS' | 'UEFI';
  group?: string;
  tags?: Label[];
  rootDiskSize?: number;
  sshKeyPairIds?: string[];
  affinityGroupIds?: string[];
  generatesPassword?: boolean;
  userData?: string;
  lease?: { expiresAt: string; action: Lease['action'] };
}

const gib = 1024 ** 3;

export function isRootDiskRight({ rootDiskGib }: AdvancedChoices): boolean {
  return rootDiskGib.trim() === '' || isGibRight(rootDiskGib);
}

/** As the API takes it, without anything that says nothing. */
export function advancedInput(choices: AdvancedChoices, source: 'template' | 'iso'): AdvancedInput {
  const { group, rootDiskGib, sshKeyPairIds, affinityGroupIds, userData, lease } = choices;
  const tags = labelsInput(choices.tags);
  return {
    ...(!choices.startsNow && { startsNow: false }),
    ...(choices.isDeleteProtected && { isDeleteProtected: true }),
    ...(choices.bootMode === 'UEFI' && { bootMode: 'UEFI' as const }),
    ...(group.trim() !== '' && { group: group.trim() }),
    ...(tags.length > 0 && { tags }),
    ...(source === 'template' &&
      rootDiskGib.trim() !== '' && { rootDiskSize: Number(rootDiskGib.trim()) * gib }),
    ...(sshKeyPairIds.length > 0 && { sshKeyPairIds }),
    ...(affinityGroupIds.length > 0 && { affinityGroupIds }),
    ...(choices.generatesPassword && { generatesPassword: true }),
    ...(userData.trim() !== '' && { userData }),
    ...(lease !== null && { lease: { expiresAt: lease.expiresAt, action: lease.action } }),
  };
}
