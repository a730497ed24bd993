import type { VariablesOf } from '../../api/graphql.ts';
import { blankAccess, type SshAccess } from '../../hosts/add/ssh-access.ts';
import type { Draft, updateDraftMutation } from '../drafts/draft-queries.ts';
import type { TrafficType } from '../traffic.ts';

type Plan = Draft['plan'];
export type PlanInput = NonNullable<VariablesOf<typeof updateDraftMutation>['input']['plan']>;
export type Part = keyof PlanInput & keyof DraftForm;

/** A physical network, with a label for each kind of traffic; empty: it does not carry it. */
export interface NetworkForm {
  name: string;
  labels: Record<TrafficType, string>;
}

export interface HostForm {
  key: string;
  name: string;
  agentId: string | null;
  ssh: SshAccess | null;
}

/** A draft as its fields hold it. */
export interface DraftForm {
  zone: Plan['zone'];
  physicalNetworks: NetworkForm[];
  pod: Plan['pod'];
  guestRange: Plan['guestRange'];
  cluster: Plan['cluster'];
  hosts: HostForm[];
  primaryStorage: Plan['primaryStorage'];
  imageStore: Plan['imageStore'];
}

export const parts: readonly Part[] = [
  'zone',
  'physicalNetworks',
  'pod',
  'guestRange',
  'cluster',
  'hosts',
  'primaryStorage',
  'imageStore',
];

export const trafficTypes: readonly TrafficType[] = ['GUEST', 'MANAGEMENT', 'STORAGE', 'PUBLIC'];

export const blankNetwork = (): NetworkForm => ({
  name: '',
  labels: { GUEST: '', MANAGEMENT: '', STORAGE: '', PUBLIC: '' },
});

/** What the fields show of a draft; of secrets they know nothing. */
export function formOf({ plan }: Pick<Draft, 'plan'>): DraftForm {
  return structuredClone({
    zone: plan.zone,
    physicalNetworks: plan.physicalNetworks.map(({ name, traffic }) => {
      const network = blankNetwork();
      for (const { type, label } of traffic) network.labels[type] = label;
      return { ...network, name };
    }),
    pod: plan.pod,
    guestRange: plan.guestRange,
    cluster: plan.cluster,
    hosts: plan.hosts.map(({ key, name, agentId, ssh }) => ({
      key,
      name,
      agentId,
      ssh: ssh && {
        ...blankAccess(),
        address: ssh.address,
        port: ssh.port,
        username: ssh.username,
        hostKeyFingerprint: ssh.hostKeyFingerprint,
        by: ssh.hasPassword ? ('password' as const) : ('key' as const),
      },
    })),
    primaryStorage: plan.primaryStorage,
    imageStore: plan.imageStore,
  });
}

/** A network's traffic as the API has it: what has a label, in one order. */
export function trafficOf({ labels }: NetworkForm) {
  return trafficTypes
    .filter((type) => labels[type].trim() !== '')
    .map((type) => ({ type, label: labels[type] }));
}

/** Parts of a form as the API takes them. A secret that is not typed is not sent: it stays as it is. */
export function planInput(form: DraftForm, wanted: Iterable<Part>): PlanInput {
  const all: Required<PlanInput> = {
    zone: plain(form.zone),
    physicalNetworks: form.physicalNetworks.map((network) => ({
      name: network.name,
      traffic: trafficOf(network),
    })),
    pod: plain(form.pod),
    guestRange: plain(form.guestRange),
    cluster: {
      name: form.cluster.name,
      hypervisor: form.cluster.clusterHypervisor,
      cpuOvercommit: form.cluster.cpuOvercommit,
      memoryOvercommit: form.cluster.memoryOvercommit,
    },
    hosts: form.hosts.map(({ key, name, agentId, ssh }) => ({ key, name, agentId, ssh: ssh && sshOf(ssh) })),
    primaryStorage: plain(form.primaryStorage),
    imageStore: plain(form.imageStore),
  };
  return Object.fromEntries([...wanted].map((part) => [part, all[part]]));
}

function sshOf({
  address,
  port,
  username,
  hostKeyFingerprint,
  by,
  password,
  privateKey,
  passphrase,
}: SshAccess) {
  return {
    address,
    port,
    username,
    hostKeyFingerprint,
    ...(by === 'password' && password !== '' && { password }),
    ...(by === 'key' && privateKey !== '' && { privateKey }),
    ...(by === 'key' && passphrase !== '' && { passphrase }),
  };
}

/** Without what the cache put into it. */
function plain<Value extends object>(value: Value): Value {
  const { __typename: _, ...rest } = value as Value & { __typename?: string };
  return rest as unknown as Value;
}
