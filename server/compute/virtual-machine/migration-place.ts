import type { Row, Transaction } from '@nephos/model/database.ts';
import { factsOf } from '../../infrastructure/host/store.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Demand } from '../placement/demand.ts';
import { podOfAddresses, readyPools } from './machine-place.ts';
import type { MachineRow } from './store.ts';

/** What a machine that is off asks of a host that it is to start on. */
export async function demandOfStart(tx: Transaction, machine: MachineRow): Promise<Demand> {
  const { hostTags, placement } = await tx
    .selectFrom('ServiceOffering')
    .select(['hostTags', 'placement'])
    .where('id', '=', machine.serviceOfferingId)
    .executeTakeFirstOrThrow();
  return {
    zoneId: machine.zoneId,
    accountId: machine.accountId,
    cpuMhz: machine.cpuMhz,
    memoryBytes: machine.memoryBytes,
    hostTags,
    strategy: placement,
    poolIds: await readyPools(tx, machine),
    newDisks: [],
    networkId: null,
    podId: await podOfAddresses(tx, machine.id),
    preferredHostId: null,
    sameHypervisorAs: machine.lastHostId,
    forMachineId: machine.id,
    needsUefi: machine.bootMode === 'UEFI',
  };
}

/**
 * What a running machine asks of a host that it is to move to while it runs: to be of the same cluster, and to be able
 * to take it.
 * @throws PlatformError INVALID_STATE when its own host cannot send it
 */
export async function demandOfMove(
  tx: Transaction,
  machine: MachineRow,
): Promise<{ source: Row<'Host'>; demand: Demand }> {
  const source = await tx
    .selectFrom('Host')
    .selectAll()
    .where('id', '=', machine.hostId)
    .executeTakeFirstOrThrow();
  assertSends(source);
  return {
    source,
    demand: {
      ...(await demandOfStart(tx, machine)),
      clusterId: source.clusterId,
      excludedHostIds: [source.id],
      needsLiveMigration: true,
    },
  };
}

function assertSends(source: Row<'Host'>): void {
  const { name, linkState } = source;
  if (linkState !== 'UP') {
    throw new PlatformError(
      'INVALID_STATE',
      `its host ${name} is ${linkState}; to send a machine it must be UP`,
      {
        details: { host: name, linkState },
      },
    );
  }
  const { driver, capabilities } = factsOf(source);
  if (capabilities.liveMigration === true) return;
  throw new PlatformError('INVALID_STATE', `its host ${name} cannot send machines that run`, {
    details: { host: name, driver },
    remedy: 'upgrade its agent, or stop the machine and start it elsewhere',
  });
}
