import { formatBytes, formatMhz, formatNumber, type Bytes } from '../i18n/format.ts';
import { m } from '#messages';
import type { Capacity, CapacityForecast, CapacityResource, CapacityScope } from './capacity-query.ts';

/** Something of which a part is taken. */
export interface CapacityShare {
  name: keyof typeof resources;
  label: string;
  used: number;
  total: number;
  /** Both in words. */
  text: string;
  resource: CapacityResource;
  /** What becomes of it; none where the answer has none. */
  forecast: CapacityForecast | undefined;
  /** Share above which nothing more is put there, or operators are told. */
  threshold: number | undefined;
}

/** What the API calls each. */
const resources = {
  cpu: 'CPU',
  memory: 'MEMORY',
  promised: 'STORAGE_PROMISED',
  used: 'STORAGE_USED',
  images: 'SECONDARY_STORAGE',
  addresses: 'GUEST_ADDRESSES',
} as const satisfies Record<string, CapacityResource>;

type BareShare = Omit<CapacityShare, 'resource' | 'forecast' | 'threshold'>;

const shareOf = <Value extends Bytes | number>(
  name: CapacityShare['name'],
  label: string,
  [used, total]: readonly [Value, Value],
  format: (value: Value) => string,
): BareShare => ({
  name,
  label,
  used: Number(used),
  total: Number(total),
  text: m.common_share_of({ used: format(used), total: format(total) }),
});

/** Everything that fills up in a part of the cloud: what there is none of there is left out. */
export function sharesOf(capacity: Capacity): CapacityShare[] {
  return bareSharesOf(capacity).map((share) => {
    const resource = resources[share.name];
    const forecast = capacity.forecasts.find((each) => each.resource === resource);
    return { ...share, resource, forecast, threshold: forecast && forecast.thresholdPercent / 100 };
  });
}

function bareSharesOf(capacity: Capacity): BareShare[] {
  const { cpu, memory, primaryStorage, secondaryStorage, guestAddresses } = capacity;
  return [
    shareOf('cpu', m.capacity_cpu(), [cpu.reservedMhz, cpu.totalMhz], formatMhz),
    shareOf('memory', m.capacity_memory(), [memory.reserved, memory.total], formatBytes),
    shareOf(
      'promised',
      m.capacity_primary_promised(),
      [primaryStorage.reserved, primaryStorage.total],
      formatBytes,
    ),
    shareOf('used', m.capacity_primary_used(), [primaryStorage.used, primaryStorage.physical], formatBytes),
    ...(secondaryStorage === null
      ? []
      : [
          shareOf(
            'images',
            m.capacity_secondary(),
            [secondaryStorage.used, secondaryStorage.total],
            formatBytes,
          ),
        ]),
    ...(guestAddresses === null
      ? []
      : [
          shareOf(
            'addresses',
            m.capacity_addresses(),
            [guestAddresses.taken, guestAddresses.total],
            (count: number) => formatNumber(count),
          ),
        ]),
  ];
}

/** The parts that a part lies in, the largest first. */
export function partsAround(scope: CapacityScope | null): { id: string; name: string }[] {
  switch (scope?.__typename) {
    case 'Pod':
      return [scope.zone];
    case 'Cluster':
      return [scope.zone, scope.pod];
    case 'Host':
      return [scope.zone, scope.pod, scope.cluster];
    default:
      return [];
  }
}

/** What the parts of a part are. */
export function partsTitle(scope: CapacityScope | null): string {
  switch (scope?.__typename) {
    case 'Zone':
      return m.zones_pods();
    case 'Pod':
      return m.zones_clusters();
    case 'Cluster':
      return m.hosts_title();
    default:
      return m.zones_title();
  }
}

/** The page on which one looks at a part. */
export const capacityPath = (id: string | null): string =>
  id === null ? '/capacity' : `/capacity?scope=${id}`;
