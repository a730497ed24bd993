import type { LeaseAction as LeaseActions } from '@nephos/model/generated/enums.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { VirtualMachine } from '../virtual-machine/schema.ts';
import type { Lease } from './check-lease.ts';

const LeaseAction = builder.enumType('LeaseAction', {
  description: 'What happens to a machine when its lease ends.',
  values: {
    STOP: { description: 'It is stopped.' },
    DESTROY: {
      description: 'It goes into the recycle bin; one that is protected against deletion is stopped.',
    },
  } satisfies Record<keyof typeof LeaseActions, { description: string }>,
});

const VirtualMachineLease = builder
  .objectRef<Lease & { warnedAt: Date | null }>('VirtualMachineLease')
  .implement({
    description: 'How long a machine may stay.',
    fields: (t) => ({
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends.' }),
      action: t.field({
        type: LeaseAction,
        description: 'What happens then.',
        resolve: ({ action }) => action,
      }),
      warnedAt: t.expose('warnedAt', {
        type: 'DateTime',
        nullable: true,
        description: 'Since when it ends soon (`vm.lease.warning.hours`); null while there is time.',
      }),
    }),
  });

builder.objectField(VirtualMachine, 'lease', (t) =>
  t.field({
    type: VirtualMachineLease,
    nullable: true,
    description: 'How long it may stay; null: as long as its owner likes.',
    resolve: ({ leaseExpiresAt, leaseAction, leaseWarnedAt }) =>
      leaseExpiresAt === null || leaseAction === null
        ? null
        : { expiresAt: leaseExpiresAt, action: leaseAction, warnedAt: leaseWarnedAt },
  }),
);

/** How long a machine may stay. */
export const LeaseInput = builder.inputType('LeaseInput', {
  description: 'How long a machine may stay.',
  fields: (t) => ({
    expiresAt: t.field({ type: 'DateTime', description: 'When it ends: in the future, within 10 years.' }),
    action: t.field({ type: LeaseAction, description: 'What happens then.' }),
  }),
});

const SetVirtualMachineLeaseInput = builder.inputType('SetVirtualMachineLeaseInput', {
  description: 'A lease for a machine.',
  fields: (t) => ({
    id: t.id({ description: 'The machine.' }),
    lease: t.field({
      type: LeaseInput,
      required: false,
      description: 'The lease; null or left out: it has none any more.',
    }),
    expectedVersion: t.int({ required: false, description: 'The version that you saw.' }),
  }),
});

const SetVirtualMachineLeasePayload = builder
  .objectRef<{ virtualMachineId: string }>('SetVirtualMachineLeasePayload')
  .implement({
    description: 'The machine with its lease.',
    fields: (t) => ({
      virtualMachine: t.field({
        type: VirtualMachine,
        description: 'As it is now.',
        resolve: ({ virtualMachineId }, _args, { load }) =>
          load.get('VirtualMachine', parseId('VirtualMachine', virtualMachineId)),
      }),
    }),
  });

builder.mutationField('setVirtualMachineLease', (t) =>
  t.field({
    type: SetVirtualMachineLeasePayload,
    permission: 'virtualMachine.lease',
    description:
      'Says until when a machine may stay, puts that off, or takes it away. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, VERSION_CONFLICT.',
    args: {
      input: t.arg({ type: SetVirtualMachineLeaseInput, description: 'Which machine, and its lease.' }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.leases.set(actor, {
        id: idArgument('VirtualMachine', 'input.id', input.id),
        expectedVersion: input.expectedVersion,
        lease: input.lease ?? null,
      }),
  }),
);
