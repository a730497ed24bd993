import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { PrepaidTerm } from './schema.ts';

const PrepaidTermPayload = builder.objectRef<{ termId: string }>('PrepaidTermPayload').implement({
  description: 'The prepaid term.',
  fields: (t) => ({
    prepaidTerm: t.field({
      type: PrepaidTerm,
      description: 'As it is now.',
      resolve: ({ termId }, _args, { load }) => load.get('PrepaidTerm', parseId('PrepaidTerm', termId)),
    }),
  }),
});

const PrepayVirtualMachineInput = builder.inputType('PrepayVirtualMachineInput', {
  description: 'Which machine to pay for, and for how long.',
  fields: (t) => ({
    virtualMachineId: t.id({ description: 'The machine.' }),
    months: t.int({ description: 'For how many months, from 1 to 36.' }),
    currency: t.string({
      required: false,
      description: 'By ISO 4217; may be left out where the machine has prices in one currency alone.',
    }),
    renewsAutomatically: t.boolean({
      required: false,
      description: 'Whether another term of as many months is to follow; not when left out.',
    }),
    expectedPrice: t.field({
      type: 'Decimal',
      required: false,
      description: 'The price that you saw: nothing is paid if it is another one by now.',
    }),
    expectedVersion: t.int({ required: false, description: 'The version of the machine that you saw.' }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('prepayVirtualMachine', (t) =>
  t.field({
    type: PrepaidTermPayload,
    permission: 'prepaidTerm.create',
    description:
      'Pays for a machine in advance, with its processors, memory and disks as they are now, from the balance of its account. From the beginning of the day on what is covered costs nothing; what goes beyond costs as ever. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, INVALID_STATE when it is paid for already, has no price, or the balance does not suffice, VERSION_CONFLICT, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: PrepayVirtualMachineInput, description: 'Which, and for how long.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.prepaid.prepay(actor, {
        ...input,
        virtualMachineId: idArgument('VirtualMachine', 'input.virtualMachineId', input.virtualMachineId),
      }),
  }),
);

const UpdatePrepaidTermInput = builder.inputType('UpdatePrepaidTermInput', {
  description: 'What may change of a prepaid term.',
  fields: (t) => ({
    id: t.id({ description: 'Which.' }),
    renewsAutomatically: t.boolean({ description: 'Whether another term of as many months is to follow.' }),
    expectedVersion: t.int({ required: false, description: 'The version that you saw.' }),
  }),
});

builder.mutationField('updatePrepaidTerm', (t) =>
  t.field({
    type: PrepaidTermPayload,
    permission: 'prepaidTerm.update',
    description:
      'Says whether a prepaid term renews itself. Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE when it is over, VERSION_CONFLICT.',
    args: { input: t.arg({ type: UpdatePrepaidTermInput, description: 'Which, and what changes.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.prepaid.update(actor, { ...input, id: idArgument('PrepaidTerm', 'input.id', input.id) }),
  }),
);

const EndPrepaidTermInput = builder.inputType('EndPrepaidTermInput', {
  description: 'Which prepaid term to end.',
  fields: (t) => ({
    id: t.id({ description: 'Which.' }),
    expectedVersion: t.int({ required: false, description: 'The version that you saw.' }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('endPrepaidTerm', (t) =>
  t.field({
    type: PrepaidTermPayload,
    permission: 'prepaidTerm.end',
    description:
      'Ends a prepaid term with the day, or at once if it has not begun, and pays back what is left of it: its price, less what the time until then costs at the discount for the whole months that are over. From then on the machine is paid for as it is used. Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE when it is over, VERSION_CONFLICT, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: EndPrepaidTermInput, description: 'Which.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.prepaid.end(actor, { ...input, id: idArgument('PrepaidTerm', 'input.id', input.id) }),
  }),
);
