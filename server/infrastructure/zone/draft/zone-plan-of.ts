import { isId } from '@nephos/model/kernel/ids.ts';
import type { ZoneDraftPlan } from '@nephos/model/shapes/zone-draft.ts';
import type { ZonePlan } from '../zone-plan.ts';

const orNull = (text: string) => (text.trim() === '' ? null : text.trim());
/** NaN for what is no number: it breaks every rule of numbers. */
const numberOr = (text: string, otherwise: null) => (text.trim() === '' ? otherwise : Number(text));

/** What was typed as the plan that it means; whether that is right is for the rules to say. */
export function zonePlanOf(draft: ZoneDraftPlan): Omit<ZonePlan, 'hosts'> {
  const { zone, cluster, imageStore } = draft;
  return {
    name: zone.name.trim(),
    networkModel: zone.networkModel,
    dns1: zone.dns1.trim(),
    dns2: orNull(zone.dns2),
    internalDns1: zone.internalDns1.trim(),
    internalDns2: orNull(zone.internalDns2),
    networkDomain: orNull(zone.networkDomain),
    dedicatedDomainId:
      zone.dedicatedDomainId !== null && isId('Domain', zone.dedicatedDomainId)
        ? zone.dedicatedDomainId
        : null,
    dedicatedAccountId:
      zone.dedicatedAccountId !== null && isId('Account', zone.dedicatedAccountId)
        ? zone.dedicatedAccountId
        : null,
    physicalNetworks: draft.physicalNetworks.map(({ name, traffic }) => ({
      name: name.trim(),
      traffic: traffic.map(({ type, label }) => ({ type, label: label.trim() })),
    })),
    pod: trimmed(draft.pod),
    guestRange: trimmed(draft.guestRange),
    cluster: {
      name: cluster.name.trim(),
      hypervisor: cluster.hypervisor,
      cpuOvercommit: numberOr(cluster.cpuOvercommit, null),
      memoryOvercommit: numberOr(cluster.memoryOvercommit, null),
    },
    primaryStorage: trimmed(draft.primaryStorage),
    imageStore: {
      name: imageStore.name.trim(),
      path: imageStore.path.trim(),
      agentId: imageStore.agentId !== null && isId('Agent', imageStore.agentId) ? imageStore.agentId : null,
    },
  };
}

function trimmed<Part extends Record<string, string>>(part: Part): Part {
  return Object.fromEntries(Object.entries(part).map(([name, text]) => [name, text.trim()])) as Part;
}
