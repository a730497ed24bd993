import type { Row, Transaction } from '@nephos/model/database.ts';
import { idOfUuid, type Id } from '@nephos/model/kernel/ids.ts';
import { getForChange, getGuarded, holdGuarded } from '../../identity/access/guarded-loader.ts';
import { assertOffered, assertOpenZone, ownerFor, type Owner } from '../../identity/access/owner.ts';
import { takeLimits } from '../../identity/limit/limits.ts';
import type { Actor } from '../../platform/actor.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { takeFromHost } from '../placement/placement.ts';
import { takeFromPool } from '../placement/pools.ts';
import { chosenSize, type MachineSize } from '../service-offering/chosen-size.ts';
import { machineAmounts, volumeAmounts } from '../virtual-machine/counted.ts';
import { targetOf, type MachineAnswer } from '../virtual-machine/machine-change.ts';
import { encodeSpec, specOf } from '../virtual-machine/machine-spec.ts';
import type { MachineSagaDeps } from '../virtual-machine/sagas/deploy.ts';
import { importedDisks } from './imported-disks.ts';
import { importedNics, type ImportedNicInput } from './imported-nics.ts';
import { insertImported } from './insert-imported.ts';
import { importSaga } from './sagas/import.ts';

export interface ImportInput {
  foreignMachineId: Id<'ForeignMachine'>;
  name?: string | null | undefined;
  /** Account that is to own it; the actor's own when absent. */
  accountId?: Id<'Account'> | null | undefined;
  serviceOfferingId: Id<'ServiceOffering'>;
  /** For disks that lie in no pool. */
  storagePoolId: Id<'StoragePool'> | null;
  nics: readonly ImportedNicInput[];
  idempotencyKey?: string | null | undefined;
}

const action = 'foreignMachine.import';

/** Takes over machines that are none of ours. */
export class ImportService {
  readonly #platform: Platform;
  readonly #saga: ReturnType<typeof importSaga>;

  constructor(platform: Platform, deps: MachineSagaDeps) {
    this.#platform = platform;
    this.#saga = importSaga(deps);
    platform.runner.register(this.#saga);
  }

  /**
   * What a running machine uses of its host, and what disks use of their pools, is used already: it is counted, whether
   * there is room for it or not.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, RESOURCE_IN_USE,
   * INSUFFICIENT_CAPACITY without a free address, RESOURCE_LIMIT_EXCEEDED
   */
  import(actor: Actor, input: ImportInput): Promise<MachineAnswer> {
    const { settings, mutations } = this.#platform;
    return mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const foreign = await getForChange(tx, actor, 'ForeignMachine', input.foreignMachineId, action);
      const host = await hostOf(tx, foreign);
      assertImportable(foreign, host);
      const name = nameFor(input, foreign);
      const owner = await ownerFor(tx, actor, input.accountId, action);
      const zone = await holdGuarded(tx, actor, 'Zone', host.zoneId, action);
      assertOpenZone(owner, zone, 'input.accountId');
      await assertOpenHost(tx, owner, host);
      const offering = await getGuarded(tx, actor, 'ServiceOffering', input.serviceOfferingId, action);
      assertOffered(owner, zone, offering, 'input.serviceOfferingId');
      const size = sizeFor(offering, foreign);
      const machineId = idOfUuid('VirtualMachine', foreign.uuid);
      await assertUnknown(tx, foreign, machineId);
      const disks = await importedDisks(tx, foreign, host, input.storagePoolId);
      const nics = await importedNics(tx, foreign, host, input.nics);
      const { accountId } = owner;
      const machine = await insertImported(tx, {
        ...{ machineId, foreign, host, name, accountId, size, disks, nics, at },
        serviceOfferingId: offering.id,
      });
      if (machine.hostId !== null) await takeFromHost(tx, machine.hostId, size);
      for (const { poolId, sizeBytes } of disks) await takeFromPool(tx, poolId, sizeBytes);
      const spec = encodeSpec(await specOf(tx, machine, host.podId));
      await takeLimits(tx, settings, accountId, { ...machineAmounts(size), ...volumeAmounts(disks) });
      mutation.concerns('VirtualMachine', machineId, accountId, {
        foreignName: foreign.name,
        hostId: host.id,
      });
      const job = await mutation.startJob(
        this.#saga,
        {
          machineId,
          foreignMachineId: foreign.id,
          hostId: host.id,
          agentId: host.agentId,
          isRunning: machine.hostId !== null,
          handover: {
            machine: spec,
            foreignName: foreign.name,
            foreignPaths: disks.map(({ volumeId, path }) => ({ volumeId, path })),
          },
        },
        targetOf(machine),
        ['reserve'],
      );
      return { virtualMachineId: machineId, jobId: job.id };
    });
  }
}

function hostOf(tx: Transaction, { hostId }: Row<'ForeignMachine'>): Promise<Row<'Host'>> {
  return tx.selectFrom('Host').selectAll().where('id', '=', hostId).executeTakeFirstOrThrow();
}

/** @throws PlatformError INVALID_STATE */
function assertImportable({ id, name, obstacle }: Row<'ForeignMachine'>, host: Row<'Host'>): void {
  if (obstacle !== null) {
    throw new PlatformError('INVALID_STATE', `${name} cannot be imported: ${obstacle}`, {
      details: { id, obstacle },
    });
  }
  if (host.linkState !== 'UP') {
    throw new PlatformError(
      'INVALID_STATE',
      `${host.name} is ${host.linkState}: nobody knows what it has now`,
      {
        details: { hostId: host.id, linkState: host.linkState },
      },
    );
  }
}

/** @throws PlatformError VALIDATION_FAILED for a host, cluster or pod that is reserved for others */
async function assertOpenHost(tx: Transaction, owner: Owner, { id, name }: Row<'Host'>): Promise<void> {
  const { dedicatedTo } = await tx
    .selectFrom('HostCapacity')
    .select('dedicatedTo')
    .where('hostId', '=', id)
    .executeTakeFirstOrThrow();
  const belongsTo: readonly string[] = [owner.accountId, ...owner.lineage];
  if (dedicatedTo.every((each) => belongsTo.includes(each))) return;
  throw invalid(
    'input.accountId',
    owner.accountId,
    `must be one that ${name} is reserved for: account ${owner.name} is not`,
  );
}

/** @throws PlatformError VALIDATION_FAILED */
function nameFor(input: ImportInput, foreign: Row<'ForeignMachine'>): string {
  const name = input.name ?? foreign.name;
  const check = new Check();
  check.hostName('input.name', name);
  check.done();
  return name;
}

/**
 * The size that a machine has, which its offering must allow. One that is off is defined anew when it starts: it gets
 * what an offering says that leaves no choice.
 * @throws PlatformError VALIDATION_FAILED
 */
function sizeFor(offering: Row<'ServiceOffering'>, foreign: Row<'ForeignMachine'>): MachineSize {
  const isOff = foreign.power === 'OFF';
  try {
    return chosenSize(offering, {
      cpuCount: isOff && offering.maxCpuCount === null ? null : foreign.cpuCount,
      memoryBytes: isOff && offering.maxMemoryBytes === null ? null : foreign.memoryBytes,
    });
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    throw invalid(
      'input.serviceOfferingId',
      offering.id,
      `must allow what ${foreign.name} has, ${foreign.cpuCount} processors and ${foreign.memoryBytes.toString()} bytes of memory: ${error.message}`,
    );
  }
}

/** @throws PlatformError RESOURCE_IN_USE when there is a machine of that UUID already */
async function assertUnknown(
  tx: Transaction,
  foreign: Row<'ForeignMachine'>,
  machineId: Id<'VirtualMachine'>,
): Promise<void> {
  const known = await tx
    .selectFrom('VirtualMachine')
    .select(['name', 'state'])
    .where('id', '=', machineId)
    .executeTakeFirst();
  if (known === undefined) return;
  throw new PlatformError(
    'RESOURCE_IN_USE',
    `${foreign.name} has the UUID of machine ${known.name}, which is ${known.state}: it is being imported, or a copy of it`,
    { details: { uuid: foreign.uuid, virtualMachineId: machineId } },
  );
}
