import { formatBytes, formatMhz, formatNumber } from '../i18n/format.ts';
import { m } from '#messages';
import type { Infrastructure } from './dashboard-queries.ts';

/** Something that fills up, with the list that shows it. */
export interface Filling {
  id: string;
  label: string;
  path: string;
  used: number;
  total: number;
  /** Both in words. */
  text: string;
}

const share = ({ used, total }: Filling) => (total > 0 ? used / total : 0);

/** The fullest first. */
export function fullest(all: readonly Filling[], most: number): Filling[] {
  return all
    .filter(({ total }) => total > 0)
    .sort((one, other) => share(other) - share(one))
    .slice(0, most);
}

/** Everything that fills up. */
export function fillings({ hosts, storagePools, guestIpRanges }: Infrastructure): Filling[] {
  const of = (used: string, total: string) => m.common_share_of({ used, total });
  return [
    ...hosts.nodes.flatMap(({ id, name, capacity }): Filling[] => {
      if (capacity === null) return [];
      const { cpuMhzReserved, cpuMhzTotal, memoryReserved, memoryTotal } = capacity;
      const path = `/hosts?q=${id}`;
      return [
        {
          id: `${id} cpu`,
          label: m.dashboard_filling_cpu({ name }),
          path,
          used: cpuMhzReserved,
          total: cpuMhzTotal,
          text: of(formatMhz(cpuMhzReserved), formatMhz(cpuMhzTotal)),
        },
        {
          id: `${id} memory`,
          label: m.dashboard_filling_memory({ name }),
          path,
          used: Number(memoryReserved),
          total: Number(memoryTotal),
          text: of(formatBytes(memoryReserved), formatBytes(memoryTotal)),
        },
      ];
    }),
    ...storagePools.nodes.flatMap(({ id, name, capacity }): Filling[] => {
      if (capacity === null) return [];
      const { used, total } = capacity;
      return [
        {
          id,
          label: m.dashboard_filling_pool({ name }),
          path: `/storage?q=${id}`,
          used: Number(used),
          total: Number(total),
          text: of(formatBytes(used), formatBytes(total)),
        },
      ];
    }),
    ...guestIpRanges.nodes.map(({ id, startIp, used, total, network }): Filling => ({
      id,
      label: m.dashboard_filling_addresses({ start: startIp }),
      path: `/zones/${network.zone.id}`,
      used,
      total,
      text: of(formatNumber(used), formatNumber(total)),
    })),
  ];
}
