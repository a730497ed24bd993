import { usageCatalogue } from '@nephos/usage/usage-types.ts';
import type { PlannedUsage } from '../../../billing/tariff/price-plan.ts';
import { addressAttributes } from '../nics/address-usage.ts';
import { diskAttributes, machineAttributes } from '../usage-attributes.ts';
import type { DeployInput } from './deploy-input.ts';
import type { PreparedDeploy } from './prepare-deploy.ts';

/** What the machines of a deploy will use, with their disks and addresses; those that are not to be started do not run. */
export function usageOfPlan(prepared: PreparedDeploy, input: DeployInput): PlannedUsage {
  const { owner, zone, size, root, dataDisks, network } = prepared;
  const { count, startsNow, serviceOfferingId, tags } = input;
  const attributes = machineAttributes({
    ...size,
    serviceOfferingId,
    templateId: root.templateId,
    tags: tags ?? {},
  });
  const { RUNNING_VM, ALLOCATED_VM, VOLUME, IP_ADDRESS } = usageCatalogue;
  const disks = [
    { ...root, imageId: root.templateId },
    ...dataDisks.map((disk) => ({ ...disk, imageId: null })),
  ];
  return {
    owner,
    zoneId: zone.id,
    uses: [
      ...(startsNow ? [{ usageType: RUNNING_VM.number, attributes, count }] : []),
      { usageType: ALLOCATED_VM.number, attributes, count },
      ...disks.map((disk) => ({ usageType: VOLUME.number, attributes: diskAttributes(disk), count })),
      { usageType: IP_ADDRESS.number, attributes: addressAttributes(network.networkId), count },
    ],
  };
}
