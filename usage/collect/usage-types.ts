import type { UsageEventKind } from '@nephos/model/generated/enums.ts';

/** CloudStack's numbers, so that billing systems that know it keep working. */
export const usageTypes = {
  RUNNING_VM: 1,
  ALLOCATED_VM: 2,
  VOLUME: 6,
  TEMPLATE: 7,
  ISO: 8,
  VM_SNAPSHOT: 25,
  VM_SNAPSHOT_ON_PRIMARY: 27,
} as const;

export type UsageType = (typeof usageTypes)[keyof typeof usageTypes];

/** Which use of a thing begins, or ends, with an event. */
export const usageOfEvent: Record<UsageEventKind, { usageType: UsageType; isBeginning: boolean }> = {
  VM_CREATE: { usageType: usageTypes.ALLOCATED_VM, isBeginning: true },
  VM_SCALE: { usageType: usageTypes.ALLOCATED_VM, isBeginning: true },
  // What goes on in another's name ends in the former one's.
  VM_ASSIGN: { usageType: usageTypes.ALLOCATED_VM, isBeginning: true },
  VM_SCALE_LIVE: { usageType: usageTypes.RUNNING_VM, isBeginning: true },
  VM_EXPUNGE: { usageType: usageTypes.ALLOCATED_VM, isBeginning: false },
  VM_START: { usageType: usageTypes.RUNNING_VM, isBeginning: true },
  VM_STOP: { usageType: usageTypes.RUNNING_VM, isBeginning: false },
  VM_SNAPSHOT_CREATE: { usageType: usageTypes.VM_SNAPSHOT, isBeginning: true },
  VM_SNAPSHOT_DELETE: { usageType: usageTypes.VM_SNAPSHOT, isBeginning: false },
  VM_SNAPSHOT_ON_PRIMARY: { usageType: usageTypes.VM_SNAPSHOT_ON_PRIMARY, isBeginning: true },
  VM_SNAPSHOT_OFF_PRIMARY: { usageType: usageTypes.VM_SNAPSHOT_ON_PRIMARY, isBeginning: false },
  VOLUME_CREATE: { usageType: usageTypes.VOLUME, isBeginning: true },
  VOLUME_ASSIGN: { usageType: usageTypes.VOLUME, isBeginning: true },
  VOLUME_DELETE: { usageType: usageTypes.VOLUME, isBeginning: false },
  TEMPLATE_CREATE: { usageType: usageTypes.TEMPLATE, isBeginning: true },
  TEMPLATE_DELETE: { usageType: usageTypes.TEMPLATE, isBeginning: false },
  ISO_CREATE: { usageType: usageTypes.ISO, isBeginning: true },
  ISO_DELETE: { usageType: usageTypes.ISO, isBeginning: false },
};
