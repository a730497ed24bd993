import { jobField } from '../../activity/job-schema.ts';
import { builder } from '../../graphql/builder.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { describe } from './content-schema.ts';

const FinalizeStatementsInput = builder.inputType('FinalizeStatementsInput', {
  description: 'The month whose statements are to be issued.',
  fields: (t) => ({
    month: t.string({ description: describe.month }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const FinalizeStatementsPayload = builder
  .objectRef<{ jobId: string }>('FinalizeStatementsPayload')
  .implement({
    description: 'The job that issues them.',
    fields: (t) => ({ job: jobField(t) }),
  });

builder.mutationField('finalizeStatements', (t) =>
  t.field({
    type: FinalizeStatementsPayload,
    permission: 'statement.finalize',
    description:
      'Issues the statements of a month that is over now, instead of when its grace is over (`billing.statement.grace.days`), and credit notes about what became known of months that were billed before. What was issued already stays as it is. Errors: VALIDATION_FAILED, INVALID_STATE while some of the month’s usage is not summed up or statements are being issued, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: FinalizeStatementsInput, description: 'Which month.' }) },
    resolve: (_parent, { input }, { services, actor }) => services.statements.finalize(actor, input),
  }),
);
