import type { Row } from '@nephos/model/database.ts';
import { isId, newId } from '@nephos/model/kernel/ids.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { ZoneDraftIds } from '@nephos/model/shapes/zone-draft.ts';
import { addressOf } from '../../host-installation/ssh-input.ts';
import type { LaunchInput } from './sagas/launch.ts';
import { sshInputOf } from './draft-secrets.ts';
import { zonePlanOf } from './zone-plan-of.ts';

/** Ids of all that a draft is to make: those that it has, and new ones for what came since. */
export function idsFor({ ids, plan }: Pick<Row<'ZoneDraft'>, 'ids' | 'plan'>): ZoneDraftIds {
  return {
    zoneId: ids?.zoneId ?? newId('Zone'),
    physicalNetworkIds: plan.physicalNetworks.map(
      (_, index) => ids?.physicalNetworkIds[index] ?? newId('PhysicalNetwork'),
    ),
    podId: ids?.podId ?? newId('Pod'),
    networkId: ids?.networkId ?? newId('GuestNetwork'),
    clusterId: ids?.clusterId ?? newId('Cluster'),
    poolId: ids?.poolId ?? newId('StoragePool'),
    imageStoreId: ids?.imageStoreId ?? newId('ImageStore'),
    hostIds: Object.fromEntries(plan.hosts.map(({ key }) => [key, ids?.hostIds[key] ?? newId('Host')])),
  };
}

/** What the job is given that launches a draft, or discards it. */
export function launchInputOf(
  { id, plan }: Pick<Row<'ZoneDraft'>, 'id' | 'plan'>,
  ids: ZoneDraftIds,
  storageAgentId: Id<'Agent'>,
): LaunchInput {
  const { hostIds, ...rest } = ids;
  return {
    ...rest,
    draftId: id,
    plan: zonePlanOf(plan),
    storageAgentId,
    hosts: plan.hosts.map((host) => {
      const ssh = sshInputOf(host, undefined);
      const { key, name, agentId } = host;
      return {
        key,
        hostId: hostIds[key] ?? newId('Host'),
        agentId: agentId !== null && isId('Agent', agentId) ? agentId : null,
        name: name.trim() === '' ? null : name.trim(),
        ssh: ssh === undefined ? null : addressOf(ssh, null),
      };
    }),
  };
}
