import type { NewRow, Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { Owner } from '../../../identity/access/owner.ts';
import { newMacAddress } from '../../../network/address/mac.ts';
import { takeAddress } from '../../../network/address/store.ts';
import { isUniqueViolation } from '../../../platform/database-errors.ts';
import { invalid, PlatformError } from '../../../platform/errors.ts';
import type { Placement } from '../../placement/placement.ts';
import type { MachineSize } from '../../service-offering/chosen-size.ts';
import { encodeSpec, type NetworkFacts } from '../machine-spec.ts';
import type { DeployJob } from '../sagas/deploy-steps.ts';
import type { GuestPassword } from '../seed/guest-password.ts';
import { headroomFrom, type HeadroomColumns } from '../scale/headroom.ts';
import { seedOf } from '../seed/guest-seed.ts';
import type { DeployInput } from './deploy-input.ts';
import type { DiskPlan, RootDiskPlan } from './disk-plans.ts';

/** What was decided about a new machine, and reserved for it. */
export interface NewMachine {
  machineId: Id<'VirtualMachine'>;
  name: string;
  owner: Owner;
  size: MachineSize;
  headroom: HeadroomColumns;
  root: RootDiskPlan;
  dataDisks: readonly DiskPlan[];
  placement: Placement;
  network: NetworkFacts;
  sshPublicKeys: string[];
  password: GuestPassword | null;
  at: Date;
}

/**
 * Writes a machine with its disks and plug, on the host and pools that were reserved.
 * @returns what its job needs to know, and what of it is done already
 * @throws PlatformError VALIDATION_FAILED for a name that is taken, INSUFFICIENT_CAPACITY without a free address
 */
export async function insertMachine(
  tx: Transaction,
  input: DeployInput,
  machine: NewMachine,
): Promise<{ job: DeployJob; done: ('reserve' | 'prepareTemplate')[] }> {
  const { machineId, name, size, root, placement } = machine;
  const { range, ...nic } = await addressedNic(tx, machine);
  const { disks, hasTemplate } = await insertRows(tx, input, machine, nic);
  const network = { ...machine.network, ...range };
  const { sshPublicKeys } = machine;
  const job = {
    machineId,
    nicId: nic.id,
    hostId: placement.hostId,
    agentId: placement.agentId,
    hasPassword: machine.password !== null,
    reserved: reservedOf(input, size),
    disks,
    spec: encodeSpec({
      machineId,
      name,
      cpuCount: size.cpuCount,
      memoryBytes: size.memoryBytes,
      headroom: headroomFrom(machine.headroom),
      bootMode: input.bootMode,
      disks: disks.map(({ volumeId, pool }, deviceIndex) => ({ volumeId, pool, deviceIndex })),
      isoPath: root.isoId === null ? null : root.imagePath,
      startsFromIso: false,
      nics: [
        { nicId: nic.id, macAddress: nic.macAddress, ipAddress: nic.ipAddress, isDefault: true, network },
      ],
      seed: seedOf({ seedVersion: 1, sshPublicKeys, userData: userDataOf(input) }),
    }),
  };
  return { job, done: hasTemplate ? ['reserve', 'prepareTemplate'] : ['reserve'] };
}

/** What a machine that is not started yet takes of its host is nothing. */
function reservedOf({ startsNow }: DeployInput, { cpuMhz, memoryBytes }: MachineSize) {
  return startsNow ? { cpuMhz, memoryBytes: memoryBytes.toString() } : { cpuMhz: 0, memoryBytes: '0' };
}

function userDataOf({ userData }: DeployInput): Buffer | null {
  return userData == null ? null : Buffer.from(userData);
}

async function addressedNic(tx: Transaction, { network, placement: { podId } }: NewMachine) {
  const nicId = newId('Nic');
  const taken = await takeAddress(tx, { networkId: network.networkId, podId, nicId });
  if (taken === undefined) {
    throw new PlatformError('INSUFFICIENT_CAPACITY', 'all guest addresses of the pod are taken', {
      details: { ruledOut: { noFreeAddress: 1 } },
      remedy: 'ask the operator for another guest address range',
    });
  }
  const { address, ...range } = taken;
  return { id: nicId, ipAddress: address, macAddress: newMacAddress(), range };
}

function rowOf(input: DeployInput, machine: NewMachine): NewRow<'VirtualMachine'> {
  const { machineId, name, owner, size, root, placement, sshPublicKeys, password, at } = machine;
  const { hostId } = placement;
  return {
    id: machineId,
    accountId: owner.accountId,
    zoneId: input.zoneId,
    name,
    state: 'STARTING',
    desiredPower: input.startsNow ? 'ON' : 'OFF',
    serviceOfferingId: input.serviceOfferingId,
    templateId: root.templateId,
    isoId: root.isoId,
    // One that is not started is on no host, and counts from now on all the same, as one that was on this one.
    ...(input.startsNow ? { hostId } : { lastHostId: hostId }),
    ...size,
    ...machine.headroom,
    bootMode: input.bootMode,
    isDeleteProtected: input.isDeleteProtected,
    leaseExpiresAt: input.lease?.expiresAt ?? null,
    leaseAction: input.lease?.action ?? null,
    groupName: input.group ?? null,
    tags: JSON.stringify(input.tags ?? {}),
    details: JSON.stringify(input.details ?? {}),
    userData: userDataOf(input),
    sshPublicKeys,
    sealedPassword: password?.sealedPassword ?? null,
    createdAt: at,
  };
}

/**
 * The machine, its network card and its disks, in one statement. @returns the root disk first. `hasTemplate`: nothing
 * has to be brought to its pool for it
 */
async function insertRows(
  tx: Transaction,
  input: DeployInput,
  machine: NewMachine,
  nic: Pick<Row<'Nic'>, 'id' | 'ipAddress' | 'macAddress'>,
): Promise<{ disks: DeployJob['disks']; hasTemplate: boolean }> {
  const { machineId, name, owner, root, dataDisks, placement, at } = machine;
  const disks = [root, ...dataDisks].map((plan, deviceIndex) => {
    const pool = placement.pools[deviceIndex];
    if (pool === undefined) throw new Error(`the placement names no pool for disk ${deviceIndex}`);
    const volumeId = newId('Volume');
    return { volumeId, pool: { poolId: pool.poolId, path: pool.path }, plan, deviceIndex };
  });
  const inserted = await tx
    .with('machine', (db) => db.insertInto('VirtualMachine').values(rowOf(input, machine)))
    .with('card', (db) =>
      db.insertInto('Nic').values({
        ...nic,
        accountId: owner.accountId,
        virtualMachineId: machineId,
        networkId: machine.network.networkId,
        deviceIndex: 0,
        isDefault: true,
        createdAt: at,
      }),
    )
    .insertInto('Volume')
    .values(
      disks.map(({ volumeId, pool, plan, deviceIndex }) => ({
        id: volumeId,
        accountId: owner.accountId,
        zoneId: input.zoneId,
        poolId: pool.poolId,
        virtualMachineId: machineId,
        diskOfferingId: plan.diskOfferingId,
        imageId: deviceIndex === 0 ? root.templateId : null,
        kind: deviceIndex === 0 ? ('ROOT' as const) : ('DATA' as const),
        name: deviceIndex === 0 ? `root-${name}` : `data-${deviceIndex}-${name}`,
        sizeBytes: plan.sizeBytes,
        deviceIndex,
        state: 'CREATING' as const,
        createdAt: at,
      })),
    )
    .returning(({ exists, selectFrom }) => [
      'imageId',
      exists(
        selectFrom('BaseImage')
          .select('state')
          .whereRef('BaseImage.imageId', '=', 'Volume.imageId')
          .whereRef('BaseImage.poolId', '=', 'Volume.poolId')
          .where('state', '=', 'READY'),
      ).as('hasTemplate'),
    ])
    .execute()
    .catch((error: unknown) => {
      if (isUniqueViolation(error, 'VirtualMachine_accountId_name_live_key'))
        throw invalid('input.name', name, 'is the name of another of your machines');
      throw error;
    });
  const jobDisks = disks.map(({ volumeId, pool, plan, deviceIndex }) => ({
    volumeId,
    pool,
    // The simulator's sentinels look at this name too.
    name,
    sizeBytes: plan.sizeBytes.toString(),
    base:
      deviceIndex > 0 || root.templateId === null
        ? null
        : {
            imageId: root.templateId,
            sourcePath: root.imagePath,
            format: root.format === 'RAW' ? ('RAW' as const) : ('QCOW2' as const),
          },
  }));
  // The image is held: as long as it is there, so are its copies.
  const hasTemplate = inserted.every(({ imageId, hasTemplate }) => imageId === null || hasTemplate);
  return { disks: jobDisks, hasTemplate };
}
