import type { Row } from '@nephos/model/database.ts';
import type { ScheduledAction as ScheduledActions } from '@nephos/model/generated/enums.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { addListField } from '../../graphql/list-field.ts';
import { VirtualMachine } from '../virtual-machine/schema.ts';

const ScheduledAction = builder.enumType('ScheduledAction', {
  description: 'What is done again and again.',
  values: {
    START: { description: 'The machine is started.' },
    STOP: { description: 'Its guest is asked to shut down, and its plug pulled if it does not.' },
    FORCE_STOP: { description: 'Its plug is pulled.' },
    REBOOT: { description: 'Its guest is asked to restart, and it is reset if it does not.' },
    FORCE_REBOOT: { description: 'It is reset.' },
    SNAPSHOT: {
      description:
        'A snapshot of it is taken: with memory if it runs, and of its disks alone if it does not.',
    },
  } satisfies Record<keyof typeof ScheduledActions, { description: string }>,
});

/** A schedule of a machine. */
export const VirtualMachineSchedule = builder
  .objectRef<Row<'VirtualMachineSchedule'>>('VirtualMachineSchedule')
  .implement({
    description: 'Something that is done to a machine again and again.',
    interfaces: [Node],
    fields: (t) => ({
      description: t.exposeString('description', { description: 'What it is for.' }),
      action: t.field({
        type: ScheduledAction,
        description: 'What is done.',
        resolve: ({ action }) => action,
      }),
      keep: t.exposeInt('keep', {
        nullable: true,
        description: 'How many of the snapshots that it took stay; null for all other actions.',
      }),
      cron: t.exposeString('cron', {
        description: 'When: minute, hour, day of the month, month, day of the week.',
      }),
      timeZone: t.exposeString('timeZone', { description: 'The time zone whose days it goes by.' }),
      isEnabled: t.exposeBoolean('isEnabled', { description: 'Whether anything is done.' }),
      startsAt: t.expose('startsAt', {
        type: 'DateTime',
        nullable: true,
        description: 'Nothing is done before.',
      }),
      endsAt: t.expose('endsAt', { type: 'DateTime', nullable: true, description: 'Nothing is done after.' }),
      nextRunAt: t.expose('nextRunAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it is done next; null when it is disabled or over.',
      }),
      lastRunAt: t.expose('lastRunAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When it was due last.',
      }),
      lastJobId: t.exposeID('lastJobId', {
        nullable: true,
        description: 'The job that was made then; null when nothing was done.',
      }),
      lastSkipReason: t.exposeString('lastSkipReason', {
        nullable: true,
        description: 'Why nothing was done then.',
      }),
      virtualMachine: t.field({
        type: VirtualMachine,
        description: 'The machine.',
        resolve: ({ virtualMachineId }, _args, { load }) => load.get('VirtualMachine', virtualMachineId),
      }),
      version: t.exposeInt('version', { description: 'Grows with every change.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    }),
  });

const VirtualMachineScheduleFilter = builder.inputType('VirtualMachineScheduleFilter', {
  description: 'Which schedules.',
  fields: (t) => ({
    virtualMachineId: t.id({ required: false, description: 'Of this machine.' }),
  }),
});

addListField({
  field: 'virtualMachineSchedules',
  type: 'VirtualMachineSchedule',
  plural: 'schedules',
  node: VirtualMachineSchedule,
  table: 'VirtualMachineSchedule',
  permission: 'virtualMachineSchedule.list',
  searched: ['description'],
  filter: {
    input: VirtualMachineScheduleFilter,
    where: ({ virtualMachineId }) =>
      virtualMachineId == null
        ? []
        : [
            sql<boolean>`"virtualMachineId" = ${idArgument('VirtualMachine', 'filter.virtualMachineId', virtualMachineId)}`,
          ],
  },
});

const VirtualMachineSchedulePayload = builder
  .objectRef<{ scheduleId: string }>('VirtualMachineSchedulePayload')
  .implement({
    description: 'The schedule.',
    fields: (t) => ({
      schedule: t.field({
        type: VirtualMachineSchedule,
        description: 'As it is now.',
        resolve: ({ scheduleId }, _args, { load }) =>
          load.get('VirtualMachineSchedule', parseId('VirtualMachineSchedule', scheduleId)),
      }),
    }),
  });

const cronDescription =
  'When: minute, hour, day of the month, month, day of the week, like `0 7 * * MON-FRI`; at least 5 minutes apart.';

const keepDescription =
  'How many of its snapshots stay, for SNAPSHOT: the oldest is deleted when one more was taken. 1 to 100.';

const CreateVirtualMachineScheduleInput = builder.inputType('CreateVirtualMachineScheduleInput', {
  description: 'Something to be done to a machine again and again.',
  fields: (t) => ({
    virtualMachineId: t.id({ description: 'The machine.' }),
    description: t.string({ required: false, description: 'What it is for.' }),
    action: t.field({
      type: ScheduledAction,
      description: 'What is to be done; you must be allowed to do it yourself.',
    }),
    keep: t.int({ required: false, description: keepDescription }),
    cron: t.string({ description: cronDescription }),
    timeZone: t.string({ description: 'The time zone whose days it goes by: `Asia/Shanghai`, `UTC`.' }),
    isEnabled: t.boolean({ defaultValue: true, description: 'Whether anything is done.' }),
    startsAt: t.field({ type: 'DateTime', required: false, description: 'Nothing is done before.' }),
    endsAt: t.field({ type: 'DateTime', required: false, description: 'Nothing is done after.' }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('createVirtualMachineSchedule', (t) =>
  t.field({
    type: VirtualMachineSchedulePayload,
    permission: 'virtualMachineSchedule.create',
    description:
      'Has something done to a machine again and again. A moment at which the platform is away for longer than `vm.schedule.missed.minutes` is left out. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, RESOURCE_LIMIT_EXCEEDED, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: CreateVirtualMachineScheduleInput, description: 'What, and when.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.schedules.create(actor, {
        ...input,
        virtualMachineId: idArgument('VirtualMachine', 'input.virtualMachineId', input.virtualMachineId),
      }),
  }),
);

const UpdateVirtualMachineScheduleInput = builder.inputType('UpdateVirtualMachineScheduleInput', {
  description: 'A change of a schedule; what is left out stays as it is.',
  fields: (t) => ({
    id: t.id({ description: 'The schedule.' }),
    description: t.string({ required: false, description: 'What it is for.' }),
    action: t.field({ type: ScheduledAction, required: false, description: 'What is to be done.' }),
    keep: t.int({ required: false, description: keepDescription }),
    cron: t.string({ required: false, description: cronDescription }),
    timeZone: t.string({ required: false, description: 'The time zone whose days it goes by.' }),
    isEnabled: t.boolean({ required: false, description: 'Whether anything is done.' }),
    startsAt: t.field({
      type: 'DateTime',
      required: false,
      description: 'Nothing is done before; null: at once.',
    }),
    endsAt: t.field({
      type: 'DateTime',
      required: false,
      description: 'Nothing is done after; null: never.',
    }),
    expectedVersion: t.int({ required: false, description: 'The version that you saw.' }),
  }),
});

builder.mutationField('updateVirtualMachineSchedule', (t) =>
  t.field({
    type: VirtualMachineSchedulePayload,
    permission: 'virtualMachineSchedule.update',
    description: 'Changes a schedule. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, VERSION_CONFLICT.',
    args: { input: t.arg({ type: UpdateVirtualMachineScheduleInput, description: 'The change.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.schedules.update(actor, {
        ...input,
        id: idArgument('VirtualMachineSchedule', 'input.id', input.id),
      }),
  }),
);

const DeleteVirtualMachineScheduleInput = builder.inputType('DeleteVirtualMachineScheduleInput', {
  description: 'Which schedule.',
  fields: (t) => ({ id: t.id({ description: 'The schedule.' }) }),
});

const DeleteVirtualMachineSchedulePayload = builder
  .objectRef<{ scheduleId: string }>('DeleteVirtualMachineSchedulePayload')
  .implement({
    description: 'The schedule that was deleted.',
    fields: (t) => ({ scheduleId: t.exposeID('scheduleId', { description: 'Its id.' }) }),
  });

builder.mutationField('deleteVirtualMachineSchedule', (t) =>
  t.field({
    type: DeleteVirtualMachineSchedulePayload,
    permission: 'virtualMachineSchedule.delete',
    description: 'Ends a schedule. Jobs that it made go on. Errors: NOT_FOUND, FORBIDDEN.',
    args: { input: t.arg({ type: DeleteVirtualMachineScheduleInput, description: 'Which schedule.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      const scheduleId = idArgument('VirtualMachineSchedule', 'input.id', input.id);
      await services.schedules.delete(actor, scheduleId);
      return { scheduleId };
    },
  }),
);
