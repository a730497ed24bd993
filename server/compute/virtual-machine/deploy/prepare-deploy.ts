import type { Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { demand, getGuarded, holdGuarded } from '../../../identity/access/guarded-loader.ts';
import { assertOffered, assertOpenZone, ownerFor, type Owner } from '../../../identity/access/owner.ts';
import type { Amounts } from '../../../identity/limit/limits.ts';
import type { Actor } from '../../../platform/actor.ts';
import { PlatformError } from '../../../platform/errors.ts';
import type { Settings } from '../../../platform/settings/settings.ts';
import { affinityGroupsOf } from '../../affinity-group/members.ts';
import type { Demand } from '../../placement/demand.ts';
import { targetHostOf } from '../../placement/target-host.ts';
import { chosenSize, type MachineSize } from '../../service-offering/chosen-size.ts';
import { machineAmounts, volumeAmounts } from '../counted.ts';
import { firstGuestNetwork, type NetworkFacts } from '../machine-spec.ts';
import type { DeployInput } from './deploy-input.ts';
import { headroomOf, type HeadroomColumns } from '../scale/headroom.ts';
import { planDataDisks, planRootDisk, type DiskPlan, type RootDiskPlan } from './disk-plans.ts';

/** What a deploy asks for, looked up and checked, and what each of its machines needs. */
export interface PreparedDeploy {
  owner: Owner;
  zone: Row<'Zone'>;
  size: MachineSize;
  headroom: HeadroomColumns;
  root: RootDiskPlan;
  dataDisks: readonly DiskPlan[];
  network: NetworkFacts;
  affinityGroupIds: readonly Id<'AffinityGroup'>[];
  demand: Demand;
  /** What all of them count for in the owner's limits. */
  amounts: Amounts;
}

interface Facts {
  tx: Transaction;
  actor: Actor;
  settings: Settings;
  /** Owner, zone and groups stay as they are until the transaction ends; otherwise nothing is locked. */
  isHeld: boolean;
}

const action = 'virtualMachine.deploy';

/**
 * Looks up what a deploy names.
 * @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, INVALID_STATE
 */
export async function prepareDeploy(
  { tx, actor, settings, isHeld }: Facts,
  input: DeployInput,
): Promise<PreparedDeploy> {
  if (input.lease != null) demand(actor, 'virtualMachine.lease');
  const owner = await ownerFor(tx, actor, input.accountId, action, { isHeld });
  const offering = await getGuarded(tx, actor, 'ServiceOffering', input.serviceOfferingId, action);
  const zone = await (isHeld ? holdGuarded : getGuarded)(tx, actor, 'Zone', input.zoneId, action);
  assertOpenZone(owner, zone, 'input.zoneId');
  assertOffered(owner, zone, offering, 'input.serviceOfferingId');
  const size = chosenSize(offering, input);
  const facts = { tx, actor, owner, zone, settings, isHeld };
  const root = await planRootDisk(facts, input, offering);
  const dataDisks = await planDataDisks(facts, input);
  const network = await firstGuestNetwork(tx, zone.id);
  const targetHostId = await targetHostOf(tx, actor, input.hostId, zone);
  const affinityGroupIds = await affinityGroupsOf(
    { tx, actor, isHeld },
    input.affinityGroupIds,
    owner,
    action,
  );
  const { startsNow, count } = input;
  const each = { ...machineAmounts(size), ...volumeAmounts([root, ...dataDisks]) };
  return {
    ...{ owner, zone, size, root, dataDisks, network, affinityGroupIds },
    headroom: headroomOf(offering, size),
    demand: {
      zoneId: zone.id,
      accountId: owner.accountId,
      // Of a machine that is not to be started, only the pools are reserved, and it is nowhere yet.
      cpuMhz: startsNow ? size.cpuMhz : 0,
      memoryBytes: startsNow ? size.memoryBytes : 0n,
      affinityGroupIds: startsNow ? affinityGroupIds : [],
      hostTags: offering.hostTags,
      strategy: offering.placement,
      poolIds: [],
      newDisks: [root, ...dataDisks],
      networkId: network.networkId,
      podId: null,
      preferredHostId: null,
      targetHostId,
      needsOpenZone: true,
      needsUefi: input.bootMode === 'UEFI',
    },
    amounts: Object.fromEntries(
      Object.entries(each).map(([resource, amount]) => [resource, amount * BigInt(count)]),
    ),
  };
}

/** @throws PlatformError INVALID_STATE */
export function assertOpenForNew({ id, name, allocationState }: Row<'Zone'>): void {
  if (allocationState === 'ENABLED') return;
  throw new PlatformError('INVALID_STATE', `zone ${name} is closed for new machines`, {
    details: { zoneId: id },
  });
}
