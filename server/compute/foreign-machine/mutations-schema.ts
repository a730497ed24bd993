import { parseId } from '@nephos/model/kernel/ids.ts';
import { jobField } from '../../activity/job-schema.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { ownerField } from '../../graphql/owner-field.ts';
import { machineInput, VirtualMachineInput } from '../virtual-machine/mutations-schema.ts';
import { VirtualMachine, VirtualMachineJobPayload } from '../virtual-machine/schema.ts';

const ImportedNicInput = builder.inputType('ImportedNicInput', {
  description: 'Which network one card of an imported machine is in.',
  fields: (t) => ({
    macAddress: t.field({ type: 'MacAddress', description: 'Hardware address of the card.' }),
    networkId: t.id({
      required: false,
      description:
        'A network of the zone, on the bridge that the card is on; the first such one when left out.',
    }),
    ipAddress: t.field({
      type: 'IpAddress',
      required: false,
      description:
        'Address that its guest has, if it is a free one of that network; any free one when left out.',
    }),
  }),
});

const ImportVirtualMachineInput = builder.inputType('ImportVirtualMachineInput', {
  description: 'A foreign machine, and what it is to be.',
  fields: (t) => ({
    foreignMachineId: t.id({ description: 'The foreign machine, running or not.' }),
    name: t.string({
      required: false,
      description:
        'Its name from now on: lower-case letters, digits and dashes. The one it has when left out.',
    }),
    serviceOfferingId: t.id({
      description:
        'What it counts as. Of a running machine it must allow the processors and memory that it has; one that is off gets what a fixed offering says.',
    }),
    storagePoolId: t.id({
      required: false,
      description:
        'For disks that lie in no storage pool of its host: the pool to take them into, on the same file system.',
    }),
    nics: t.field({
      type: [ImportedNicInput],
      defaultValue: [],
      description: 'Networks and addresses of its cards; cards that are left out are put where they fit.',
    }),
    accountId: ownerField(t),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('importVirtualMachine', (t) =>
  t.field({
    type: VirtualMachineJobPayload,
    permission: 'foreignMachine.import',
    description:
      'Takes over a foreign machine as it is: one that runs goes on, and keeps its devices until its next start, which is by the platform’s definition. It counts and costs like one that was deployed. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE (with the obstacle, or while its host is away), RESOURCE_IN_USE, INSUFFICIENT_CAPACITY without a free address, RESOURCE_LIMIT_EXCEEDED, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: ImportVirtualMachineInput, description: 'The machine.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.imports.import(actor, {
        ...input,
        foreignMachineId: idArgument('ForeignMachine', 'input.foreignMachineId', input.foreignMachineId),
        serviceOfferingId: idArgument('ServiceOffering', 'input.serviceOfferingId', input.serviceOfferingId),
        storagePoolId: optionalId('StoragePool', 'input.storagePoolId', input.storagePoolId),
        accountId: optionalId('Account', 'input.accountId', input.accountId),
        nics: input.nics.map((nic, index) => ({
          ...nic,
          networkId: optionalId('GuestNetwork', `input.nics.${index}.networkId`, nic.networkId),
        })),
      }),
  }),
);

const UnmanageVirtualMachinePayload = builder
  .objectRef<{ virtualMachineId: string; jobId: string; foreignName: string }>(
    'UnmanageVirtualMachinePayload',
  )
  .implement({
    description: 'The machine that is being let go of.',
    fields: (t) => ({
      virtualMachine: t.field({
        type: VirtualMachine,
        nullable: true,
        description: 'The machine; null when it is gone already.',
        resolve: ({ virtualMachineId }, _args, { load }) =>
          load.find('VirtualMachine', parseId('VirtualMachine', virtualMachineId)),
      }),
      foreignName: t.exposeString('foreignName', {
        description: 'What it is called from then on, on its host and among the foreign machines.',
      }),
      job: jobField(t),
    }),
  });

builder.mutationField('unmanageVirtualMachine', (t) =>
  t.field({
    type: UnmanageVirtualMachinePayload,
    permission: 'foreignMachine.release',
    description:
      'Lets go of a machine, running or stopped: it stays on its host with its disks, counts and costs no more, and can be imported again. Its disks are made to stand alone first. Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE (snapshots, a host that is away, a disk that is worked on), VERSION_CONFLICT.',
    args: { input: t.arg({ type: VirtualMachineInput, description: 'Which machine.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.unmanaging.unmanage(actor, machineInput(input)),
  }),
);
