import { jobField } from '../../activity/job-schema.ts';
import { builder } from '../../graphql/builder.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';

const GenerateUsageInput = builder.inputType('GenerateUsageInput', {
  description: 'Up to when usage is to be summed up.',
  fields: (t) => ({
    until: t.field({
      type: 'DateTime',
      required: false,
      description: 'The moment, which must not be in the future; left out or null: now.',
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const GenerateUsagePayload = builder.objectRef<{ jobId: string }>('GenerateUsagePayload').implement({
  description: 'The job that waits until the usage daemon has done it.',
  fields: (t) => ({ job: jobField(t) }),
});

builder.mutationField('generateUsage', (t) =>
  t.field({
    type: GenerateUsagePayload,
    permission: 'usage.generate',
    description:
      'Has usage summed up to a moment now, instead of when it would be due: whole periods, and what is left as a period that is shorter; the next begins there. What is closed already stays as it is. Errors: VALIDATION_FAILED, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: GenerateUsageInput, description: 'Up to when.' }) },
    resolve: (_parent, { input }, { services, actor }) => services.usageClosing.generate(actor, input),
  }),
);
