import type { CapacityResource } from '@nephos/model/generated/enums.ts';
import type { SettingKey } from '../../platform/settings/catalogue.ts';
import type { CapacityRow } from './capacity-store.ts';

/** Something that fills up: how it is read off a row, and above which percent nothing more is put there or one is told. */
interface Resource {
  amount(row: CapacityRow): bigint | null;
  total(row: CapacityRow): bigint | null;
  threshold: SettingKey;
}

const whole = (count: number | null) => (count === null ? null : BigInt(count));

/** Everything that fills up. */
export const capacityResources = {
  CPU: {
    amount: ({ cpuMhzReserved }) => cpuMhzReserved,
    total: ({ cpuMhzTotal }) => cpuMhzTotal,
    threshold: 'cluster.cpu.allocated.capacity.disablethreshold',
  },
  MEMORY: {
    amount: ({ memoryBytesReserved }) => memoryBytesReserved,
    total: ({ memoryBytesTotal }) => memoryBytesTotal,
    threshold: 'cluster.memory.allocated.capacity.disablethreshold',
  },
  STORAGE_PROMISED: {
    amount: ({ storageBytesReserved }) => storageBytesReserved,
    total: ({ storageBytesTotal }) => storageBytesTotal,
    threshold: 'cluster.storage.allocated.capacity.notificationthreshold',
  },
  STORAGE_USED: {
    amount: ({ storageBytesUsed }) => storageBytesUsed,
    total: ({ storageBytesPhysical }) => storageBytesPhysical,
    threshold: 'pool.storage.allocated.capacity.disablethreshold',
  },
  SECONDARY_STORAGE: {
    amount: ({ secondaryBytesUsed }) => secondaryBytesUsed,
    total: ({ secondaryBytesTotal }) => secondaryBytesTotal,
    threshold: 'zone.secstorage.capacity.notificationthreshold',
  },
  GUEST_ADDRESSES: {
    amount: ({ addressesTaken }) => whole(addressesTaken),
    total: ({ addressesTotal }) => whole(addressesTotal),
    threshold: 'zone.directnetwork.publicip.capacity.notificationthreshold',
  },
} as const satisfies Record<CapacityResource, Resource>;

/** How full something is. */
export interface ResourceAmount {
  resource: CapacityResource;
  amount: bigint;
  total: bigint;
}

/** How full everything is that there is in a part of the cloud. */
export function amountsOf(row: CapacityRow): ResourceAmount[] {
  return (Object.keys(capacityResources) as CapacityResource[]).flatMap((resource) => {
    const { amount, total } = capacityResources[resource];
    const [used, all] = [amount(row), total(row)];
    return used === null || all === null ? [] : [{ resource, amount: used, total: all }];
  });
}
