import { describe, expect, it } from 'vitest';
import { isFound, placedHosts, sumsOf, zoomed } from './topology-sums.ts';
import type { TopologyHost, TopologyZone } from './topology-query.ts';

const host = (name: string, more: Partial<TopologyHost> = {}): TopologyHost => ({
  ...{ id: `host_${name}`, name, linkState: 'UP', adminState: 'ENABLED', machines: 2, runningMachines: 2 },
  ...{ brokenMachines: 0, cpuPercent: 10, memoryPercent: 20 },
  ...more,
});
const cluster = (name: string, hosts: TopologyHost[]) => ({
  ...{ id: `clus_${name}`, name, hypervisor: 'KVM' as const, allocationState: 'ENABLED' as const, hosts },
});
const zones: TopologyZone[] = [
  {
    ...{ id: 'zone_1', name: 'beijing', allocationState: 'ENABLED' },
    pods: [
      {
        id: 'pod_1',
        name: 'rack-1',
        clusters: [
          cluster('a', [host('kvm-1'), host('kvm-2', { linkState: 'DOWN' })]),
          cluster('b', [host('kvm-3', { adminState: 'MAINTENANCE', machines: 0 })]),
        ],
      },
    ],
  },
  { id: 'zone_2', name: 'empty', allocationState: 'DISABLED', pods: [] },
];

describe('the tree of the hardware', () => {
  it('adds up; a host in maintenance is not wrong', () => {
    expect(sumsOf(placedHosts(zones).map((each) => each.host))).toEqual({ hosts: 3, wrong: 1, machines: 4 });
  });

  it('is searched by a part of a name, or an id', () => {
    const names = (text: string) =>
      placedHosts(zones).flatMap((each) => (isFound(each.host, text) ? [each.host.name] : []));
    expect(names('KVM-2')).toEqual(['kvm-2']);
    expect(names('host_kvm-3')).toEqual(['kvm-3']);
    expect(names('')).toHaveLength(3);
  });

  it('shows one cluster alone, and everything of one that is gone', () => {
    expect(placedHosts(zoomed(zones, 'clus_b')).map((each) => each.host.name)).toEqual(['kvm-3']);
    expect(zoomed(zones, 'clus_gone')).toEqual(zones);
    expect(zoomed(zones, null)).toEqual(zones);
  });
});
