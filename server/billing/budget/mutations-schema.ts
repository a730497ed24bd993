import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { ownerField } from '../../graphql/owner-field.ts';
import { Budget } from './schema.ts';

const BudgetPayload = builder.objectRef<{ budgetId: string }>('BudgetPayload').implement({
  description: 'The budget.',
  fields: (t) => ({
    budget: t.field({
      type: Budget,
      description: 'As it is now.',
      resolve: ({ budgetId }, _args, { load }) => load.get('Budget', parseId('Budget', budgetId)),
    }),
  }),
});

const percents = 'Rising or not, at most 10, each from 1 to 1000.';

const CreateBudgetInput = builder.inputType('CreateBudgetInput', {
  description: 'What is to be spent in a month at most.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique for its account.' }),
    accountId: ownerField(t),
    domainId: t.id({
      required: false,
      description:
        'Counts what all accounts of this domain and those below use; only for those who administer it. What its account uses when left out.',
    }),
    tagKey: t.string({ required: false, description: 'Counts only what has a tag with this key.' }),
    tagValue: t.string({
      required: false,
      description: 'The value that the tag must have; any when left out.',
    }),
    currency: t.string({ description: 'By ISO 4217: `CNY`, `EUR`. What is paid in another does not count.' }),
    amount: t.field({ type: 'Decimal', description: 'What is to be spent in a month at most: `1500.00`.' }),
    actualPercents: t.intList({
      required: false,
      description: `Percents of the amount at which one is told that so much was spent; 50, 80 and 100 when left out. ${percents}`,
    }),
    forecastPercents: t.intList({
      required: false,
      description: `Percents of the amount at which one is told that so much will have been spent; 100 when left out. ${percents}`,
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('createBudget', (t) =>
  t.field({
    type: BudgetPayload,
    permission: 'budget.create',
    description:
      'Watches what is spent in a month, and has its account told, by mail and webhook, when thresholds are reached: each once a month. Nothing is stopped. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, RESOURCE_LIMIT_EXCEEDED, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: CreateBudgetInput, description: 'The budget.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.budgets.create(actor, {
        ...input,
        accountId: optionalId('Account', 'input.accountId', input.accountId),
        domainId: optionalId('Domain', 'input.domainId', input.domainId),
      }),
  }),
);

const UpdateBudgetInput = builder.inputType('UpdateBudgetInput', {
  description: 'A change of a budget; what is left out stays as it is.',
  fields: (t) => ({
    id: t.id({ description: 'The budget.' }),
    name: t.string({ required: false, description: 'Its name.' }),
    amount: t.field({
      type: 'Decimal',
      required: false,
      description: 'What is to be spent in a month at most. Thresholds that were reached are told anew.',
    }),
    actualPercents: t.intList({
      required: false,
      description: `Percents of the amount at which one is told that so much was spent. ${percents}`,
    }),
    forecastPercents: t.intList({
      required: false,
      description: `Percents of the amount at which one is told that so much will have been spent. ${percents}`,
    }),
    expectedVersion: t.int({ required: false, description: 'The version that you saw.' }),
  }),
});

builder.mutationField('updateBudget', (t) =>
  t.field({
    type: BudgetPayload,
    permission: 'budget.update',
    description:
      'Changes a budget. What it counts stays: make another for that. Errors: VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, VERSION_CONFLICT.',
    args: { input: t.arg({ type: UpdateBudgetInput, description: 'The change.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.budgets.update(actor, { ...input, id: idArgument('Budget', 'input.id', input.id) }),
  }),
);

const DeleteBudgetInput = builder.inputType('DeleteBudgetInput', {
  description: 'Which budget.',
  fields: (t) => ({ id: t.id({ description: 'The budget.' }) }),
});

const DeleteBudgetPayload = builder.objectRef<{ budgetId: string }>('DeleteBudgetPayload').implement({
  description: 'The budget that was deleted.',
  fields: (t) => ({ budgetId: t.exposeID('budgetId', { description: 'Its id.' }) }),
});

builder.mutationField('deleteBudget', (t) =>
  t.field({
    type: DeleteBudgetPayload,
    permission: 'budget.delete',
    description: 'Ends a budget. Errors: NOT_FOUND, FORBIDDEN.',
    args: { input: t.arg({ type: DeleteBudgetInput, description: 'Which budget.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      const budgetId = idArgument('Budget', 'input.id', input.id);
      await services.budgets.delete(actor, budgetId);
      return { budgetId };
    },
  }),
);
