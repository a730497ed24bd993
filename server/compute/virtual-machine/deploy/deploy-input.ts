import type { BootMode } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { Check } from '../../../platform/validation.ts';
import type { SizeChoice } from '../../service-offering/chosen-size.ts';
import { checkLease, type Lease } from '../../lease/check-lease.ts';
import { checkLabels, type Labels } from '../labels.ts';
import { checkUserData } from '../seed/user-data.ts';

export interface DataDiskInput {
  diskOfferingId: Id<'DiskOffering'>;
  /** For a disk offering of free size. */
  sizeBytes?: bigint | null | undefined;
}

export interface DeployInput extends SizeChoice, Labels {
  name: string;
  /** How many; more than one are called name-1, name-2, … */
  count: number;
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
  /** Size of the root disk, if it is to be larger than the template. */
  rootDiskSizeBytes?: bigint | null | undefined;
  dataDisks: readonly DataDiskInput[];
  bootMode: BootMode;
  startsNow: boolean;
  isDeleteProtected: boolean;
  sshKeyPairIds: readonly Id<'SshKeyPair'>[];
  userData?: string | null | undefined;
  generatesPassword: boolean;
  /** How long it may stay. */
  lease?: Lease | null | undefined;
  affinityGroupIds?: readonly Id<'AffinityGroup'>[] | null | undefined;
  /** This host or none: for operators. */
  hostId?: Id<'Host'> | null | undefined;
  idempotencyKey?: string | null | undefined;
}

const mostMachines = 50;
const mostDataDisks = 14;
const mostKeys = 20;

/** What can be said of an input without looking anything up. @throws PlatformError VALIDATION_FAILED */
export function checkDeployInput(input: DeployInput, now: Date): void {
  const check = new Check();
  const { templateId, isoId, diskOfferingId } = input;
  check.range('input.count', input.count, 1, mostMachines);
  check.hostName('input.name', input.name);
  check.that(
    input.count === 1 || machineNames(input).every(({ length }) => length <= 63),
    'input.name',
    input.name,
    'must be short enough to have a number put after it',
  );
  check.that(
    (templateId == null) !== (isoId == null),
    'input.templateId',
    templateId,
    'exactly one of templateId and isoId must be given',
  );
  check.that(
    (isoId != null) === (diskOfferingId != null),
    'input.diskOfferingId',
    diskOfferingId,
    'must be given with an ISO, for the disk to install on, and only then',
  );
  check.that(
    input.rootDiskSizeBytes == null || templateId != null,
    'input.rootDiskSize',
    input.rootDiskSizeBytes,
    'must be left out with an ISO: the disk offering says how large the disk is',
  );
  check.that(
    input.dataDisks.length <= mostDataDisks,
    'input.dataDisks',
    input.dataDisks.length,
    `must be at most ${mostDataDisks}`,
  );
  check.that(
    input.sshKeyPairIds.length <= mostKeys,
    'input.sshKeyPairIds',
    input.sshKeyPairIds.length,
    `must be at most ${mostKeys}`,
  );
  checkLabels(check, input);
  checkUserData(check, input.userData);
  checkLease(check, input.lease, now);
  check.done();
}

/** The names of the machines that are asked for. */
export function machineNames({ name, count }: Pick<DeployInput, 'name' | 'count'>): string[] {
  return count === 1 ? [name] : Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
}
