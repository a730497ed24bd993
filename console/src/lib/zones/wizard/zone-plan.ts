import type { VariablesOf } from '../../api/graphql.ts';
import type { createZoneMutation } from '../zone-queries.ts';
import type { TrafficType } from '../traffic.ts';

export type CreateZoneInput = VariablesOf<typeof createZoneMutation>['input'];

/** What one fills in: all of it text, as fields hold it. */
export interface ZonePlan {
  name: string;
  dns1: string;
  dns2: string;
  internalDns1: string;
  internalDns2: string;
  networkDomain: string;
  networkName: string;
  labels: Record<TrafficType, string>;
  podName: string;
  podCidr: string;
  podGateway: string;
  reservedStart: string;
  reservedEnd: string;
  guestCidr: string;
  guestGateway: string;
  guestStart: string;
  guestEnd: string;
  clusterName: string;
  hypervisor: 'KVM' | 'SIMULATOR';
  cpuOvercommit: string;
  memoryOvercommit: string;
  agentIds: string[];
  primaryName: string;
  primaryType: 'LOCAL_DIRECTORY' | 'SHARED_DIRECTORY';
  primaryScope: 'CLUSTER' | 'HOST' | 'ZONE';
  primaryPath: string;
  secondaryName: string;
  secondaryPath: string;
}

/** A zone that works as it stands on one machine, for whoever only wants to look around. */
export function usualPlan(): ZonePlan {
  return {
    name: 'zone-1',
    dns1: '10.1.0.1',
    dns2: '',
    internalDns1: '10.1.0.1',
    internalDns2: '',
    networkDomain: 'guests.internal',
    networkName: 'main',
    labels: { GUEST: 'nephosbr0', MANAGEMENT: 'nephosbr0', STORAGE: '', PUBLIC: '' },
    podName: 'rack-1',
    podCidr: '10.0.0.0/24',
    podGateway: '10.0.0.1',
    reservedStart: '10.0.0.2',
    reservedEnd: '10.0.0.20',
    guestCidr: '10.1.0.0/16',
    guestGateway: '10.1.0.1',
    guestStart: '10.1.1.1',
    guestEnd: '10.1.4.250',
    clusterName: 'cluster-1',
    hypervisor: 'KVM',
    cpuOvercommit: '4',
    memoryOvercommit: '1',
    agentIds: [],
    primaryName: 'primary',
    primaryType: 'SHARED_DIRECTORY',
    primaryScope: 'CLUSTER',
    primaryPath: '/var/lib/nephos/primary',
    secondaryName: 'images',
    secondaryPath: '/var/lib/nephos/images',
  };
}

/** The input of `createZone`. */
export function zoneInput(plan: ZonePlan): CreateZoneInput {
  const labels = Object.entries(plan.labels) as [TrafficType, string][];
  return {
    name: plan.name.trim(),
    dns1: plan.dns1.trim(),
    dns2: plan.dns2.trim() || null,
    internalDns1: plan.internalDns1.trim(),
    internalDns2: plan.internalDns2.trim() || null,
    networkDomain: plan.networkDomain.trim() || null,
    networkModel: 'BASIC',
    physicalNetworks: [
      {
        name: plan.networkName.trim(),
        traffic: labels
          .filter(([, label]) => label.trim() !== '')
          .map(([type, label]) => ({ type, label: label.trim() })),
      },
    ],
    pod: {
      name: plan.podName.trim(),
      cidr: plan.podCidr.trim(),
      gateway: plan.podGateway.trim(),
      reservedStart: plan.reservedStart.trim(),
      reservedEnd: plan.reservedEnd.trim(),
    },
    guestRange: {
      cidr: plan.guestCidr.trim(),
      gateway: plan.guestGateway.trim(),
      startIp: plan.guestStart.trim(),
      endIp: plan.guestEnd.trim(),
    },
    cluster: {
      name: plan.clusterName.trim(),
      hypervisor: plan.hypervisor,
      cpuOvercommit: Number(plan.cpuOvercommit),
      memoryOvercommit: Number(plan.memoryOvercommit),
    },
    hosts: plan.agentIds.map((agentId) => ({ agentId })),
    primaryStorage: {
      name: plan.primaryName.trim(),
      type: plan.primaryType,
      scope: plan.primaryScope,
      path: plan.primaryPath.trim(),
    },
    imageStore: { name: plan.secondaryName.trim(), path: plan.secondaryPath.trim() },
  };
}
