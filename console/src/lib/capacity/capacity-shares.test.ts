import { describe, expect, it } from 'vitest';
import type { Capacity } from './capacity-query.ts';
import { partsAround, sharesOf } from './capacity-shares.ts';

const host: Capacity = {
  scopeId: 'host_1',
  name: 'kvm-1',
  hosts: 1,
  openHosts: 1,
  machines: 3,
  cpu: { physicalMhz: 1000, totalMhz: 4000, reservedMhz: 1000 },
  memory: { physical: '4096', total: '4096', reserved: '1024' },
  primaryStorage: { physical: 100, total: 200, reserved: 150, used: 20 },
  secondaryStorage: null,
  guestAddresses: null,
  forecasts: [
    {
      resource: 'CPU',
      outlook: 'FILLING',
      thresholdPercent: 85,
      perDay: 10,
      daysUntilThreshold: 240,
      daysUntilFull: 300,
    },
  ],
};

describe('what fills up', () => {
  it('counts promises against what may be promised, and use against what there is', () => {
    expect(sharesOf(host).map(({ name, used, total }) => [name, used, total])).toEqual([
      ['cpu', 1000, 4000],
      ['memory', 1024, 4096],
      ['promised', 150, 200],
      ['used', 20, 100],
    ]);
  });

  it('knows above what share something happens, and when', () => {
    const [cpu, memory] = sharesOf(host);
    expect(cpu).toMatchObject({ resource: 'CPU', threshold: 0.85, forecast: { daysUntilFull: 300 } });
    expect(memory).toMatchObject({ resource: 'MEMORY', threshold: undefined, forecast: undefined });
  });

  it('has images and addresses where there are some', () => {
    const zone = {
      ...host,
      secondaryStorage: { used: 1, total: 2 },
      guestAddresses: { taken: 3, total: 1018 },
    };
    expect(sharesOf(zone).map(({ name }) => name)).toContain('images');
    expect(sharesOf(zone).at(-1)).toMatchObject({ used: 3, total: 1018 });
  });
});

it('a part lies in larger parts', () => {
  const zone = { __typename: 'Zone' as const, id: 'zone_1', name: 'beijing' };
  const pod = { __typename: 'Pod' as const, id: 'pod_1', name: 'rack-1' };
  expect(partsAround(null)).toEqual([]);
  expect(partsAround({ __typename: 'Cluster', id: 'clu_1', zone, pod })).toEqual([zone, pod]);
});
