import { describe, expect, it } from 'vitest';
import { fillings, fullest } from './filling.ts';

const infrastructure = {
  silentHosts: { totalCount: 0 },
  hosts: {
    nodes: [
      {
        id: 'host_1',
        name: 'kvm-1',
        version: 1,
        capacity: { cpuMhzReserved: 500, cpuMhzTotal: 1000, memoryReserved: 9, memoryTotal: 10 },
      },
      { id: 'host_2', name: 'kvm-2', version: 1, capacity: null },
    ],
  },
  storagePools: {
    nodes: [
      {
        id: 'pool_1',
        name: 'primary',
        state: 'UP' as const,
        version: 1,
        capacity: { allocated: 0, total: '9007199254740994', used: '4503599627370497' },
      },
    ],
  },
  guestIpRanges: {
    nodes: [
      { id: 'range_1', startIp: '10.1.1.1', total: 0, used: 0, network: { id: 'n', zone: { id: 'zone_1' } } },
    ],
  },
};

describe('what fills up', () => {
  it('is every capacity that is known, each with its list', () => {
    expect(fillings(infrastructure).map(({ path }) => path)).toEqual([
      '/hosts?q=host_1',
      '/hosts?q=host_1',
      '/storage?q=pool_1',
      '/zones/zone_1',
    ]);
  });

  it('shows the fullest first, and nothing that holds nothing', () => {
    expect(fullest(fillings(infrastructure), 2).map(({ id }) => id)).toEqual(['host_1 memory', 'host_1 cpu']);
    expect(fullest(fillings(infrastructure), 9)).toHaveLength(3);
  });
});
