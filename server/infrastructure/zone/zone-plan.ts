import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { NetworkModel } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { checkGuestRange, type GuestRangePlan } from '../../network/guest-network/store.ts';
import { checkClearOf } from '../../network/address-plan.ts';
import { parseIpv4 } from '../../network/ipv4.ts';
import { invalid } from '../../platform/errors.ts';
import type { Check } from '../../platform/validation.ts';
import { checkCluster, type ClusterPlan } from '../cluster/store.ts';
import { agentForHost, type HostPlan } from '../host/store.ts';
import { checkImageStore, type ImageStorePlan } from '../image-store/store.ts';
import { checkPhysicalNetwork, type PhysicalNetworkPlan } from '../physical-network/store.ts';
import { checkPod, type PodPlan } from '../pod/store.ts';
import { checkStoragePool, type StoragePoolPlan } from '../storage-pool/store.ts';

/** Everything about a zone, as the wizard asks for it. */
export interface ZonePlan {
  name: string;
  networkModel: NetworkModel;
  dns1: string;
  dns2?: string | null | undefined;
  internalDns1: string;
  internalDns2?: string | null | undefined;
  networkDomain?: string | null | undefined;
  /** Reserved for this domain and those below it. */
  dedicatedDomainId?: Id<'Domain'> | null | undefined;
  /** Reserved for this account. */
  dedicatedAccountId?: Id<'Account'> | null | undefined;
  physicalNetworks: PhysicalNetworkPlan[];
  pod: PodPlan;
  guestRange: GuestRangePlan;
  cluster: ClusterPlan;
  hosts: HostPlan[];
  primaryStorage: StoragePoolPlan;
  imageStore: ImageStorePlan;
}

const domainName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** Its hosts are counted here; what each of them must be is checked where it is known how it is entered. */
type CheckedPlan = Omit<ZonePlan, 'hosts'> & { hosts: readonly unknown[] };

/** Notes every field of the plan that breaks a rule by itself; what else is in the database comes later. */
export function checkZonePlan(check: Check, path: string, plan: CheckedPlan): void {
  check.name(`${path}.name`, plan.name);
  check.that(
    plan.networkModel === 'BASIC',
    `${path}.networkModel`,
    plan.networkModel,
    'must be BASIC; this version does not make ADVANCED zones',
  );
  for (const field of ['dns1', 'dns2', 'internalDns1', 'internalDns2'] as const) {
    const address = plan[field];
    if (address != null)
      check.that(parseIpv4(address) !== undefined, `${path}.${field}`, address, 'must be an IPv4 address');
  }
  if (plan.networkDomain != null) {
    check.that(
      domainName.test(plan.networkDomain),
      `${path}.networkDomain`,
      plan.networkDomain,
      'must be a domain name in lower case',
    );
  }
  checkNetworks(check, path, plan);
  const pod = checkPod(check, `${path}.pod`, plan.pod);
  const guests = checkGuestRange(check, `${path}.guestRange`, plan.guestRange);
  if (pod !== undefined && guests !== undefined) {
    const { reservedStart, reservedEnd } = plan.pod;
    const reserved = { ...pod.range, name: `the pod's reserved range ${reservedStart} to ${reservedEnd}` };
    checkClearOf(check, guests.range, [reserved], `${path}.guestRange.startIp`, plan.guestRange.startIp);
  }
  checkCluster(check, `${path}.cluster`, plan.cluster);
  check.that(plan.hosts.length > 0, `${path}.hosts`, plan.hosts, 'must name at least one host');
  check.that(
    plan.primaryStorage.scope !== 'HOST' || plan.hosts.length === 1,
    `${path}.primaryStorage.scope`,
    plan.primaryStorage.scope,
    'must not be HOST for a cluster of several hosts; add local storage host by host afterwards',
  );
  checkStoragePool(check, `${path}.primaryStorage`, plan.primaryStorage);
  checkImageStore(check, `${path}.imageStore`, plan.imageStore);
}

function checkNetworks(check: Check, path: string, { physicalNetworks }: CheckedPlan): void {
  for (const [index, network] of physicalNetworks.entries()) {
    checkPhysicalNetwork(check, `${path}.physicalNetworks.${index}`, network);
    const isFirst = physicalNetworks.findIndex(({ name }) => name === network.name) === index;
    check.that(
      isFirst,
      `${path}.physicalNetworks.${index}.name`,
      network.name,
      'must not be the name of another one here',
    );
  }
  const carriesGuests = physicalNetworks.filter(({ traffic }) =>
    traffic.some(({ type }) => type === 'GUEST'),
  );
  check.that(
    carriesGuests.length === 1,
    `${path}.physicalNetworks`,
    carriesGuests.map(({ name }) => name),
    'exactly one physical network must carry GUEST traffic',
  );
}

/**
 * The agent that is to run a host of the plan.
 * @param others that hosts before it name
 * @throws PlatformError VALIDATION_FAILED, RESOURCE_IN_USE, AGENT_UNREACHABLE
 */
export async function agentOfPlan(
  db: Database | Transaction,
  path: string,
  host: HostPlan,
  cluster: ClusterPlan,
  others: readonly Id<'Agent'>[],
): Promise<Row<'Agent'>> {
  if (others.includes(host.agentId))
    throw invalid(`${path}.agentId`, host.agentId, 'must not be named twice');
  return agentForHost(db, path, host, cluster);
}
