import { parseId } from '@nephos/model/kernel/ids.ts';
import { Job, jobField } from '../../../activity/job-schema.ts';
import { builder } from '../../../graphql/builder.ts';
import { idArgument, optionalId } from '../../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../../graphql/idempotency-key-field.ts';
import { ownerField } from '../../../graphql/owner-field.ts';
import { LeaseInput } from '../../lease/schema.ts';
import { affinityGroupIds } from '../../affinity-group/group-ids.ts';
import type { DeployedMachine } from '../deploy-service.ts';
import type { DeployInput } from './deploy-input.ts';
import { LabelInput, labelsFrom } from '../labels-schema.ts';
import { BootMode, VirtualMachine } from '../schema.ts';

const DataDiskInput = builder.inputType('DataDiskInput', {
  description: 'An empty disk beside the root disk.',
  fields: (t) => ({
    diskOfferingId: t.id({ description: 'The disk offering.' }),
    size: t.field({
      type: 'Bytes',
      required: false,
      description: 'Its size, for a disk offering of free size; whole MiB.',
    }),
  }),
});

/** A new machine, to be deployed or planned. */
export const DeployVirtualMachineInput = builder.inputType('DeployVirtualMachineInput', {
  description: 'A new machine, or several alike.',
  fields: (t) => ({
    name: t.string({ description: 'Its name and host name: lower-case letters, digits and dashes.' }),
    count: t.int({
      defaultValue: 1,
      description:
        'How many, 1 to 50. More than one are called name-1, name-2 and so on; all of them are made, or none.',
    }),
    zoneId: t.id({ description: 'The zone.' }),
    serviceOfferingId: t.id({ description: 'Processors and memory.' }),
    cpuCount: t.int({
      required: false,
      description: 'Processors, for an offering that leaves the choice; its fewest when left out.',
    }),
    memory: t.field({
      type: 'Bytes',
      required: false,
      description: 'Memory, for an offering that leaves the choice: whole MiB; its least when left out.',
    }),
    templateId: t.id({ required: false, description: 'Template to make it from. Either this or `isoId`.' }),
    isoId: t.id({
      required: false,
      description: 'Disc to install it from, on an empty disk. Either this or `templateId`.',
    }),
    diskOfferingId: t.id({ required: false, description: 'With an ISO: the empty disk.' }),
    diskSize: t.field({
      type: 'Bytes',
      required: false,
      description: 'Size of that disk, for a disk offering of free size; whole MiB.',
    }),
    rootDiskSize: t.field({
      type: 'Bytes',
      required: false,
      description:
        'With a template: size of the root disk, at least the template’s; whole MiB. As the offering or the template says when left out.',
    }),
    dataDisks: t.field({
      type: [DataDiskInput],
      defaultValue: [],
      description: 'Empty disks beside the root disk, at most 14.',
    }),
    bootMode: t.field({ type: BootMode, defaultValue: 'BIOS', description: 'How it starts.' }),
    startsNow: t.boolean({
      defaultValue: true,
      description: 'Whether to start it. Otherwise it is STOPPED, with its disks made and no host reserved.',
    }),
    isDeleteProtected: t.boolean({
      defaultValue: false,
      description: 'Whether to refuse to destroy it until that is taken back.',
    }),
    group: t.string({ required: false, description: 'Name of the group that you put it into.' }),
    tags: t.field({ type: [LabelInput], required: false, description: 'What you call it by, at most 50.' }),
    details: t.field({
      type: [LabelInput],
      required: false,
      description: 'What programs note about it, at most 50.',
    }),
    sshKeyPairIds: t.idList({
      defaultValue: [],
      description: 'Key pairs that its guest is to let in, at most 20. For guests with cloud-init.',
    }),
    userData: t.string({
      required: false,
      description: 'For its guest’s cloud-init: a script or a configuration, up to 32 KiB.',
    }),
    generatesPassword: t.boolean({
      defaultValue: false,
      description:
        'Whether to make a password for its guest’s ordinary user. The answer shows it once. For guests with cloud-init.',
    }),
    lease: t.field({
      type: LeaseInput,
      required: false,
      description:
        'How long it may stay; as long as its owner likes when left out. Needs virtualMachine.lease.',
    }),
    affinityGroupIds: t.idList({
      required: false,
      description: 'Affinity groups that it is to be in, at most 20, of the account that owns it.',
    }),
    hostId: t.id({
      required: false,
      description:
        'This host or none; tags that are not strict do not count then. Needs virtualMachine.placeOnHost.',
    }),
    accountId: ownerField(t),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

interface Deployed {
  virtualMachineId: string;
  jobId: string;
  machines: readonly DeployedMachine[];
}

const VirtualMachinePassword = builder.objectRef<DeployedMachine>('VirtualMachinePassword').implement({
  description: 'The password that was made for a machine’s guest.',
  fields: (t) => ({
    virtualMachineId: t.exposeID('virtualMachineId', { description: 'The machine.' }),
    password: t.string({
      description: 'The password. Shown now and never again.',
      resolve: ({ password }) => password ?? '',
    }),
  }),
});

const DeployVirtualMachinePayload = builder.objectRef<Deployed>('DeployVirtualMachinePayload').implement({
  description: 'The machines that are being made, and the jobs that do it.',
  fields: (t) => ({
    virtualMachine: t.field({
      type: VirtualMachine,
      nullable: true,
      description: 'The machine, the first one if there are several; null when it is gone already.',
      resolve: ({ virtualMachineId }, _args, { load }) =>
        load.find('VirtualMachine', parseId('VirtualMachine', virtualMachineId)),
    }),
    virtualMachines: t.field({
      type: [VirtualMachine],
      description: 'All of them; without those that are gone already.',
      resolve: async ({ machines }, _args, { load }) => {
        const found = await Promise.all(
          machines.map(({ virtualMachineId }) =>
            load.find('VirtualMachine', parseId('VirtualMachine', virtualMachineId)),
          ),
        );
        return found.filter((machine) => machine !== null);
      },
    }),
    job: jobField(t),
    jobs: t.field({
      type: [Job],
      description: 'All jobs, in the order of the machines.',
      resolve: ({ machines }, _args, { load }) =>
        Promise.all(machines.map(({ jobId }) => load.get('Job', parseId('Job', jobId)))),
    }),
    passwords: t.field({
      type: [VirtualMachinePassword],
      description:
        'Passwords that were made, in the first answer only: a repetition under the same idempotency key has none.',
      resolve: ({ machines }) => machines.filter(({ password }) => password !== null),
    }),
  }),
});

builder.mutationField('deployVirtualMachine', (t) =>
  t.field({
    type: DeployVirtualMachinePayload,
    permission: 'virtualMachine.deploy',
    description:
      'Makes a machine, or several alike, and starts it. What it needs is reserved at once. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, INVALID_STATE, INSUFFICIENT_CAPACITY (with the number of hosts that each reason ruled out), RESOURCE_LIMIT_EXCEEDED, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: DeployVirtualMachineInput, description: 'The machine.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      const machines = await services.deploy.deploy(actor, deployInput(input));
      const [first] = machines;
      if (first === undefined) throw new Error('a deployment made no machine');
      return { ...first, machines };
    },
  }),
);

/** What the service is asked for. @throws PlatformError VALIDATION_FAILED for ids and labels that are none */
export function deployInput(input: typeof DeployVirtualMachineInput.$inferInput): DeployInput {
  const { memory, diskSize, rootDiskSize, tags, details, ...rest } = input;
  return {
    ...rest,
    zoneId: idArgument('Zone', 'input.zoneId', input.zoneId),
    serviceOfferingId: idArgument('ServiceOffering', 'input.serviceOfferingId', input.serviceOfferingId),
    memoryBytes: memory,
    templateId: optionalId('Template', 'input.templateId', input.templateId),
    isoId: optionalId('Iso', 'input.isoId', input.isoId),
    diskOfferingId: optionalId('DiskOffering', 'input.diskOfferingId', input.diskOfferingId),
    diskSizeBytes: diskSize,
    rootDiskSizeBytes: rootDiskSize,
    dataDisks: input.dataDisks.map(({ diskOfferingId, size }, index) => ({
      diskOfferingId: idArgument('DiskOffering', `input.dataDisks.${index}.diskOfferingId`, diskOfferingId),
      sizeBytes: size,
    })),
    sshKeyPairIds: input.sshKeyPairIds.map((id, index) =>
      idArgument('SshKeyPair', `input.sshKeyPairIds.${index}`, id),
    ),
    tags: labelsFrom('input.tags', tags),
    details: labelsFrom('input.details', details),
    affinityGroupIds: affinityGroupIds(input.affinityGroupIds),
    hostId: optionalId('Host', 'input.hostId', input.hostId),
    accountId: optionalId('Account', 'input.accountId', input.accountId),
  };
}
