import type { Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id, type ImageId } from '@nephos/model/kernel/ids.ts';
import { formatBytes, GiB, MiB } from '@nephos/model/kernel/units.ts';
import { getGuarded, holdGuarded } from '../../identity/access/guarded-loader.ts';
import {
  assertOffered,
  assertOpenZone,
  assertUsableImage,
  ownerFor,
  type Owner,
} from '../../identity/access/owner.ts';
import { takeLimits } from '../../identity/limit/limits.ts';
import { newMacAddress } from '../../network/address/mac.ts';
import { takeAddress } from '../../network/address/store.ts';
import type { Actor } from '../../platform/actor.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { reserveHost, type Placement, type PlacementLimits } from '../placement/placement.ts';
import { machineAmounts, volumeAmounts } from './counted.ts';
import { encodeSpec, guestNetworkSpec, imageFile } from './machine-spec.ts';
import { deploySaga, type MachineSagaDeps } from './sagas/deploy.ts';

export interface DeployInput {
  name: string;
  /** Account that is to own it; the actor's own when absent. */
  accountId?: Id<'Account'> | null | undefined;
  zoneId: Id<'Zone'>;
  serviceOfferingId: Id<'ServiceOffering'>;
  /** Exactly one of `templateId` and `isoId`. */
  templateId?: Id<'Template'> | null | undefined;
  isoId?: Id<'Iso'> | null | undefined;
  /** For an ISO: the empty root disk. */
  diskOfferingId?: Id<'DiskOffering'> | null | undefined;
  /** For a disk offering of free size. */
  diskSizeBytes?: bigint | null | undefined;
  idempotencyKey?: string | null | undefined;
}

interface RootDiskPlan {
  sizeBytes: bigint;
  diskOfferingId: Id<'DiskOffering'> | null;
  templateId: Id<'Template'> | null;
  isoId: Id<'Iso'> | null;
  /** Where the template, or the ISO, lies, and its format. */
  imagePath: string;
  format: Row<'Image'>['format'];
}

const smallestDisk = MiB;

/** Makes machines. */
export class DeployService {
  readonly #platform: Platform;
  readonly #saga: ReturnType<typeof deploySaga>;

  constructor(platform: Platform, deps: MachineSagaDeps) {
    this.#platform = platform;
    this.#saga = deploySaga(deps);
    platform.runner.register(this.#saga);
  }

  /**
   * Reserves all that the machine needs and makes the job that brings it up.
   * @throws PlatformError VALIDATION_FAILED, NOT_FOUND, INVALID_STATE (image not ready, zone disabled),
   * INSUFFICIENT_CAPACITY, RESOURCE_LIMIT_EXCEEDED; then nothing was reserved
   */
  async deploy(actor: Actor, input: DeployInput): Promise<{ virtualMachineId: string; jobId: string }> {
    const check = new Check();
    check.hostName('input.name', input.name);
    const hasOneSource = (input.templateId == null) !== (input.isoId == null);
    check.that(
      hasOneSource,
      'input.templateId',
      input.templateId,
      'exactly one of templateId and isoId must be given',
    );
    check.that(
      (input.isoId != null) === (input.diskOfferingId != null),
      'input.diskOfferingId',
      input.diskOfferingId,
      'must be given with an ISO, for the disk to install on, and only then',
    );
    check.done();
    const action = 'virtualMachine.deploy';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const owner = await ownerFor(tx, actor, input.accountId, action);
      const offering = await getGuarded(tx, actor, 'ServiceOffering', input.serviceOfferingId, action);
      const zone = await holdGuarded(tx, actor, 'Zone', input.zoneId, action);
      assertOpenZone(owner, zone, 'input.zoneId');
      assertOffered(owner, zone, offering, 'input.serviceOfferingId');
      if (zone.allocationState !== 'ENABLED') {
        throw new PlatformError('INVALID_STATE', `zone ${zone.name} is closed for new machines`, {
          details: { zoneId: zone.id },
        });
      }
      const root = await this.#planRootDisk(tx, actor, input, owner, zone);
      const networkId = await guestNetworkOf(tx, zone.id);
      const placement = await reserveHost(
        tx,
        {
          zoneId: zone.id,
          cpuMhz: offering.cpuCount * offering.cpuMhz,
          memoryBytes: offering.memoryBytes,
          poolIds: [],
          newDiskBytes: root.sizeBytes,
          networkId,
          podId: null,
          preferredHostId: null,
        },
        limitsFrom(this.#platform),
      );
      const made = await this.#insert(tx, owner, input, { offering, root, placement, networkId, at });
      await takeLimits(tx, this.#platform.settings, owner.accountId, {
        ...machineAmounts(offering),
        ...volumeAmounts([root]),
      });
      const job = await mutation.startJob(
        this.#saga,
        made,
        { kind: 'VirtualMachine', id: made.machineId, accountId: owner.accountId },
        ['reserve'],
      );
      return { virtualMachineId: made.machineId, jobId: job.id };
    });
  }

  async #planRootDisk(
    tx: Transaction,
    actor: Actor,
    input: DeployInput,
    owner: Owner,
    zone: Row<'Zone'>,
  ): Promise<RootDiskPlan> {
    const action = 'virtualMachine.deploy';
    const imageId: ImageId | null | undefined = input.templateId ?? input.isoId;
    if (imageId == null) throw invalid('input.templateId', null, 'must be given');
    const image = await getGuarded(tx, actor, 'Image', imageId, action);
    await assertUsableImage(tx, owner, image, input.templateId == null ? 'input.isoId' : 'input.templateId');
    const { path, virtualSizeBytes } = await imageFile(tx, image.id, input.zoneId);
    if (input.templateId != null) {
      return {
        sizeBytes: virtualSizeBytes,
        diskOfferingId: null,
        templateId: input.templateId,
        isoId: null,
        imagePath: path,
        format: image.format,
      };
    }
    if (input.diskOfferingId == null)
      throw invalid('input.diskOfferingId', null, 'must be given with an ISO');
    const offering = await getGuarded(tx, actor, 'DiskOffering', input.diskOfferingId, action);
    assertOffered(owner, zone, offering, 'input.diskOfferingId');
    const sizeBytes = this.#diskSize(offering, input.diskSizeBytes);
    return {
      sizeBytes,
      diskOfferingId: offering.id,
      templateId: null,
      isoId: input.isoId ?? null,
      imagePath: path,
      format: image.format,
    };
  }

  #diskSize(offering: Row<'DiskOffering'>, wanted: bigint | null | undefined): bigint {
    const path = 'input.diskSize';
    if (offering.sizeBytes !== null) {
      if (wanted != null && wanted !== offering.sizeBytes)
        throw invalid(path, wanted, `must be left out: ${offering.name} has a fixed size`);
      return offering.sizeBytes;
    }
    if (wanted == null) throw invalid(path, wanted, `must be given: ${offering.name} is of free size`);
    const largest = BigInt(this.#platform.settings.get('storage.max.volume.gib')) * GiB;
    if (wanted < smallestDisk || wanted > largest || wanted % MiB !== 0n) {
      throw invalid(
        path,
        wanted,
        `must be whole MiB from ${formatBytes(smallestDisk)} to ${formatBytes(largest)}`,
      );
    }
    return wanted;
  }

  /** Writes the machine with its disk and plug, on the host and pool that were reserved. */
  async #insert(
    tx: Transaction,
    owner: Owner,
    input: DeployInput,
    facts: {
      offering: Row<'ServiceOffering'>;
      root: RootDiskPlan;
      placement: Placement;
      networkId: Id<'GuestNetwork'>;
      at: Date;
    },
  ) {
    const { offering, root, placement, networkId, at } = facts;
    const { poolId, poolPath, hostId, podId } = placement;
    if (poolId === null || poolPath === null)
      throw new Error('the placement names no pool for the root disk');
    const machineId = newId('VirtualMachine');
    const nicId = newId('Nic');
    const volumeId = newId('Volume');
    const ipAddress = await takeAddress(tx, { networkId, podId, nicId });
    if (ipAddress === undefined) {
      throw new PlatformError('INSUFFICIENT_CAPACITY', 'all guest addresses of the pod are taken', {
        details: { ruledOut: { noFreeAddress: 1 } },
        remedy: 'ask the operator for another guest address range',
      });
    }
    const cpuMhz = offering.cpuCount * offering.cpuMhz;
    const macAddress = newMacAddress();
    try {
      await tx
        .insertInto('VirtualMachine')
        .values({
          id: machineId,
          accountId: owner.accountId,
          zoneId: input.zoneId,
          name: input.name,
          state: 'STARTING',
          desiredPower: 'ON',
          serviceOfferingId: offering.id,
          templateId: root.templateId,
          isoId: root.isoId,
          hostId,
          cpuCount: offering.cpuCount,
          cpuMhz,
          memoryBytes: offering.memoryBytes,
          createdAt: at,
        })
        .execute();
    } catch (error) {
      if (isUniqueViolation(error, 'VirtualMachine_accountId_name_live_key')) {
        throw invalid('input.name', input.name, 'is the name of another of your machines');
      }
      throw error;
    }
    const rootName = `root-${input.name}`;
    await tx
      .insertInto('Volume')
      .values({
        id: volumeId,
        accountId: owner.accountId,
        zoneId: input.zoneId,
        poolId,
        virtualMachineId: machineId,
        diskOfferingId: root.diskOfferingId,
        imageId: root.templateId,
        kind: 'ROOT',
        name: rootName,
        sizeBytes: root.sizeBytes,
        deviceIndex: 0,
        state: 'CREATING',
        createdAt: at,
      })
      .execute();
    await tx
      .insertInto('Nic')
      .values({
        id: nicId,
        accountId: owner.accountId,
        virtualMachineId: machineId,
        networkId,
        ipAddress,
        macAddress,
        deviceIndex: 0,
        isDefault: true,
        createdAt: at,
      })
      .execute();
    const network = await guestNetworkSpec(tx, networkId, podId, ipAddress);
    const pool = { poolId, path: poolPath };
    return {
      machineId,
      nicId,
      hostId,
      agentId: placement.agentId,
      cpuMhz,
      memoryBytes: offering.memoryBytes.toString(),
      rootDisk: {
        volumeId,
        pool,
        // The simulator's sentinels look at this name too.
        name: input.name,
        sizeBytes: root.sizeBytes.toString(),
        base:
          root.templateId === null
            ? null
            : {
                imageId: root.templateId,
                sourcePath: root.imagePath,
                format: root.format === 'RAW' ? ('RAW' as const) : ('QCOW2' as const),
              },
      },
      spec: encodeSpec({
        machineId,
        name: input.name,
        cpuCount: offering.cpuCount,
        memoryBytes: offering.memoryBytes,
        disks: [{ volumeId, pool, deviceIndex: 0 }],
        isoPath: root.isoId === null ? null : root.imagePath,
        nics: [{ nicId, macAddress, ipAddress, network }],
      }),
    };
  }
}

/** The limits in force. */
export function limitsFrom({ settings }: Pick<Platform, 'settings'>): PlacementLimits {
  return {
    storageOverprovisioning: settings.get('storage.overprovisioning.factor'),
    storageThreshold: settings.get('pool.storage.allocated.capacity.disablethreshold'),
  };
}

/** The one guest network of a BASIC zone. */
async function guestNetworkOf(tx: Transaction, zoneId: Id<'Zone'>): Promise<Id<'GuestNetwork'>> {
  const network = await tx
    .selectFrom('GuestNetwork')
    .select('id')
    .where('zoneId', '=', zoneId)
    .orderBy('id')
    .executeTakeFirst();
  if (network === undefined)
    throw new PlatformError('INVALID_STATE', 'the zone has no guest network yet', { details: { zoneId } });
  return network.id;
}
