import type { ZoneDraftPlan } from '@nephos/model/shapes/zone-draft.ts';

/** What a draft begins with: a zone that works as it stands on one machine, for whoever only wants to look around. */
export function usualPlan(name: string): ZoneDraftPlan {
  return {
    zone: {
      name,
      networkModel: 'BASIC',
      dns1: '10.1.0.1',
      dns2: '',
      internalDns1: '10.1.0.1',
      internalDns2: '',
      networkDomain: 'guests.internal',
      dedicatedDomainId: null,
      dedicatedAccountId: null,
    },
    physicalNetworks: [
      {
        name: 'main',
        traffic: [
          { type: 'GUEST', label: 'nephosbr0' },
          { type: 'MANAGEMENT', label: 'nephosbr0' },
        ],
      },
    ],
    pod: {
      name: 'rack-1',
      cidr: '10.0.0.0/24',
      gateway: '10.0.0.1',
      reservedStart: '10.0.0.2',
      reservedEnd: '10.0.0.20',
    },
    guestRange: { cidr: '10.1.0.0/16', gateway: '10.1.0.1', startIp: '10.1.1.1', endIp: '10.1.4.250' },
    cluster: { name: 'cluster-1', hypervisor: 'KVM', cpuOvercommit: '4', memoryOvercommit: '1' },
    hosts: [],
    primaryStorage: {
      name: 'primary',
      type: 'SHARED_DIRECTORY',
      scope: 'CLUSTER',
      path: '/var/lib/nephos/primary',
    },
    imageStore: { name: 'images', path: '/var/lib/nephos/images', agentId: null },
  };
}

/** `zone-1`, or the first of its like that is not taken. */
export function freeName(taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const name = `zone-${number}`;
    if (!taken.has(name)) return name;
  }
}
