import type { ZonePlan } from './zone-plan.ts';

export type Rule = 'required' | 'ip' | 'cidr' | 'path' | 'overcommit' | 'hosts';
export type PlanField = Exclude<keyof ZonePlan, 'labels'> | 'guestLabel';
export type StepName = 'zone' | 'network' | 'pod' | 'hosts' | 'storage' | 'review';

const ipPattern = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

export function isIpAddress(text: string): boolean {
  return ipPattern.test(text);
}

export function isCidr(text: string): boolean {
  const [address = '', length = '', ...more] = text.split('/');
  return more.length === 0 && isIpAddress(address) && /^([12]?\d|3[0-2])$/.test(length);
}

const checks: Record<Exclude<Rule, 'hosts'>, (text: string) => boolean> = {
  required: (text) => text !== '',
  ip: isIpAddress,
  cidr: isCidr,
  path: (text) => text.startsWith('/'),
  overcommit: (text) => text !== '' && Number(text) >= 1 && Number(text) <= 100,
};

/** What the fields of each step must be; what the server knows better (overlaps, names taken) it says itself. */
const rules: Record<StepName, Partial<Record<PlanField, Exclude<Rule, 'hosts'>>>> = {
  zone: { name: 'required', dns1: 'ip', dns2: 'ip', internalDns1: 'ip', internalDns2: 'ip' },
  network: { networkName: 'required', guestLabel: 'required' },
  pod: {
    podName: 'required',
    podCidr: 'cidr',
    podGateway: 'ip',
    reservedStart: 'ip',
    reservedEnd: 'ip',
    guestCidr: 'cidr',
    guestGateway: 'ip',
    guestStart: 'ip',
    guestEnd: 'ip',
  },
  hosts: { clusterName: 'required', cpuOvercommit: 'overcommit', memoryOvercommit: 'overcommit' },
  storage: { primaryName: 'required', primaryPath: 'path', secondaryName: 'required', secondaryPath: 'path' },
  review: {},
};

const optional: readonly PlanField[] = ['dns2', 'internalDns2'];

/** Which fields of a step break which rule. */
export function planProblems(plan: ZonePlan, step: StepName): Partial<Record<PlanField, Rule>> {
  const problems: Partial<Record<PlanField, Rule>> = {};
  for (const [name, rule] of Object.entries(rules[step])) {
    const field = name as PlanField;
    const text = (field === 'guestLabel' ? plan.labels.GUEST : String(plan[field])).trim();
    if (text === '' && optional.includes(field)) continue;
    if (!checks[rule](text)) problems[field] = text === '' ? 'required' : rule;
  }
  if (step === 'hosts' && plan.agentIds.length === 0) problems.agentIds = 'hosts';
  return problems;
}

const places: Record<string, { field: PlanField; step: StepName }> = {
  'input.name': { field: 'name', step: 'zone' },
  'input.dns1': { field: 'dns1', step: 'zone' },
  'input.dns2': { field: 'dns2', step: 'zone' },
  'input.internalDns1': { field: 'internalDns1', step: 'zone' },
  'input.internalDns2': { field: 'internalDns2', step: 'zone' },
  'input.networkDomain': { field: 'networkDomain', step: 'zone' },
  'input.pod.name': { field: 'podName', step: 'pod' },
  'input.pod.cidr': { field: 'podCidr', step: 'pod' },
  'input.pod.gateway': { field: 'podGateway', step: 'pod' },
  'input.pod.reservedStart': { field: 'reservedStart', step: 'pod' },
  'input.pod.reservedEnd': { field: 'reservedEnd', step: 'pod' },
  'input.guestRange.cidr': { field: 'guestCidr', step: 'pod' },
  'input.guestRange.gateway': { field: 'guestGateway', step: 'pod' },
  'input.guestRange.startIp': { field: 'guestStart', step: 'pod' },
  'input.guestRange.endIp': { field: 'guestEnd', step: 'pod' },
  'input.cluster.name': { field: 'clusterName', step: 'hosts' },
  'input.cluster.cpuOvercommit': { field: 'cpuOvercommit', step: 'hosts' },
  'input.cluster.memoryOvercommit': { field: 'memoryOvercommit', step: 'hosts' },
  'input.hosts': { field: 'agentIds', step: 'hosts' },
  'input.primaryStorage.name': { field: 'primaryName', step: 'storage' },
  'input.primaryStorage.path': { field: 'primaryPath', step: 'storage' },
  'input.imageStore.name': { field: 'secondaryName', step: 'storage' },
  'input.imageStore.path': { field: 'secondaryPath', step: 'storage' },
};

/** The field that the server speaks of by its path in the input. */
export function placeOf(path: string): { field: PlanField; step: StepName } | undefined {
  return places[path] ?? (path.startsWith('input.hosts') ? places['input.hosts'] : undefined);
}
