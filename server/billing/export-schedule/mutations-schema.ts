import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { UsageExportFormat, UsageExportKind } from '../usage-export/schema.ts';
import { UsageExportRun } from './run-schema.ts';
import { UsageExportRange, UsageExportSchedule } from './schema.ts';
import { UsageExportTargetInput } from './target-schema.ts';

const cronDescription =
  'When: minute, hour, day of the month, month, day of the week, like `0 3 * * *`; at least an hour apart.';

const UsageExportSchedulePayload = builder
  .objectRef<{ scheduleId: string }>('UsageExportSchedulePayload')
  .implement({
    description: 'The schedule.',
    fields: (t) => ({
      schedule: t.field({
        type: UsageExportSchedule,
        description: 'As it is now.',
        resolve: ({ scheduleId }, _args, { load }) =>
          load.get('UsageExportSchedule', parseId('UsageExportSchedule', scheduleId)),
      }),
    }),
  });

const CreateUsageExportScheduleInput = builder.inputType('CreateUsageExportScheduleInput', {
  description: 'Files of usage to be made and sent again and again.',
  fields: (t) => ({
    name: t.string({ description: 'What it is called.' }),
    kind: t.field({
      type: UsageExportKind,
      description: 'What files are made of; you must be allowed to list that.',
    }),
    format: t.field({ type: UsageExportFormat, description: 'How they are written.' }),
    range: t.field({
      type: UsageExportRange,
      description:
        'What they cover; `PREVIOUS_MONTH` for STATEMENTS, whose file waits until the month is billed.',
    }),
    accountId: t.id({ required: false, description: 'Usage of this account alone.' }),
    zoneId: t.id({ required: false, description: 'Usage in this zone alone.' }),
    usageType: t.int({ required: false, description: 'Usage of this type alone, by CloudStack’s number.' }),
    cron: t.string({ description: cronDescription }),
    timeZone: t.string({ description: 'The time zone whose clock that goes by: `Asia/Shanghai`, `UTC`.' }),
    isEnabled: t.boolean({ defaultValue: true, description: 'Whether any are made.' }),
    target: t.field({ type: UsageExportTargetInput, description: 'Where they go.' }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('createUsageExportSchedule', (t) =>
  t.field({
    type: UsageExportSchedulePayload,
    permission: 'usageExportSchedule.create',
    description:
      'Has files of usage made and sent again and again, of what you see at each time. A moment that was missed is made up for. What cannot be sent is tried again for half a day, with growing pauses; each file arrives once and whole, or not at all. Folders are for those who may change settings. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, RESOURCE_LIMIT_EXCEEDED, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: CreateUsageExportScheduleInput, description: 'What, when and where.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.exportSchedules.create(actor, {
        ...input,
        accountId: optionalId('Account', 'input.accountId', input.accountId),
        zoneId: optionalId('Zone', 'input.zoneId', input.zoneId),
      }),
  }),
);

const UpdateUsageExportScheduleInput = builder.inputType('UpdateUsageExportScheduleInput', {
  description: 'A change of a schedule; what is left out stays as it is.',
  fields: (t) => ({
    id: t.id({ description: 'The schedule.' }),
    name: t.string({ required: false, description: 'What it is called.' }),
    format: t.field({ type: UsageExportFormat, required: false, description: 'How files are written.' }),
    range: t.field({ type: UsageExportRange, required: false, description: 'What they cover.' }),
    cron: t.string({ required: false, description: cronDescription }),
    timeZone: t.string({ required: false, description: 'The time zone whose clock that goes by.' }),
    isEnabled: t.boolean({ required: false, description: 'Whether any are made.' }),
    target: t.field({
      type: UsageExportTargetInput,
      required: false,
      description: 'Where they go. A secret may be left out while the address and the key stay the same.',
    }),
    expectedVersion: t.int({ required: false, description: 'The version that you saw.' }),
  }),
});

builder.mutationField('updateUsageExportSchedule', (t) =>
  t.field({
    type: UsageExportSchedulePayload,
    permission: 'usageExportSchedule.update',
    description:
      'Changes a schedule. Files that are under way go to where they go already. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, VERSION_CONFLICT.',
    args: { input: t.arg({ type: UpdateUsageExportScheduleInput, description: 'The change.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.exportSchedules.update(actor, {
        ...input,
        id: idArgument('UsageExportSchedule', 'input.id', input.id),
      }),
  }),
);

const DeleteUsageExportScheduleInput = builder.inputType('DeleteUsageExportScheduleInput', {
  description: 'Which schedule.',
  fields: (t) => ({ id: t.id({ description: 'The schedule.' }) }),
});

const DeleteUsageExportSchedulePayload = builder
  .objectRef<{ scheduleId: string }>('DeleteUsageExportSchedulePayload')
  .implement({
    description: 'The schedule that was deleted.',
    fields: (t) => ({ scheduleId: t.exposeID('scheduleId', { description: 'Its id.' }) }),
  });

builder.mutationField('deleteUsageExportSchedule', (t) =>
  t.field({
    type: DeleteUsageExportSchedulePayload,
    permission: 'usageExportSchedule.delete',
    description:
      'Ends a schedule, and forgets its runs; what is under way is not sent any more. Files that it made stay until they expire. Errors: NOT_FOUND, FORBIDDEN.',
    args: { input: t.arg({ type: DeleteUsageExportScheduleInput, description: 'Which schedule.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      const scheduleId = idArgument('UsageExportSchedule', 'input.id', input.id);
      await services.exportSchedules.delete(actor, scheduleId);
      return { scheduleId };
    },
  }),
);

const UsageExportRunPayload = builder.objectRef<{ runId: string }>('UsageExportRunPayload').implement({
  description: 'The run.',
  fields: (t) => ({
    run: t.field({
      type: UsageExportRun,
      description: 'As it is now.',
      resolve: ({ runId }, _args, { load }) => load.get('UsageExportRun', parseId('UsageExportRun', runId)),
    }),
  }),
});

const RunUsageExportScheduleInput = builder.inputType('RunUsageExportScheduleInput', {
  description: 'Which schedule.',
  fields: (t) => ({
    id: t.id({ description: 'The schedule.' }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('runUsageExportSchedule', (t) =>
  t.field({
    type: UsageExportRunPayload,
    permission: 'usageExportSchedule.run',
    description:
      'Has a schedule carried out at once, for the day or month before now. Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE while that is not summed up, or has no statements to be sent, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: RunUsageExportScheduleInput, description: 'Which schedule.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.exportRuns.runNow(actor, {
        ...input,
        id: idArgument('UsageExportSchedule', 'input.id', input.id),
      }),
  }),
);

const RetryUsageExportRunInput = builder.inputType('RetryUsageExportRunInput', {
  description: 'Which run.',
  fields: (t) => ({ id: t.id({ description: 'The run.' }) }),
});

builder.mutationField('retryUsageExportRun', (t) =>
  t.field({
    type: UsageExportRunPayload,
    permission: 'usageExportSchedule.run',
    description:
      'Has a file that was given up sent again, from where it was. Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE unless it failed and its file is still there.',
    args: { input: t.arg({ type: RetryUsageExportRunInput, description: 'Which run.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.exportRuns.retry(actor, { id: idArgument('UsageExportRun', 'input.id', input.id) }),
  }),
);
