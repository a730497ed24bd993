import { parseId } from '@nephos/model/kernel/ids.ts';
import { ConditionError, parseCondition } from '@nephos/usage/rate/condition.ts';
import { builder } from '../../../graphql/builder.ts';
import { optionalId } from '../../../graphql/id-argument.ts';
import { Account } from '../../../identity/account/schema.ts';
import { priceFrom, tariffFields } from '../input-schema.ts';
import type { Compared, Comparison } from './compare-costs.ts';
import type { Preview } from './preview-service.ts';

const TariffPreviewTotal = builder.objectRef<Compared>('TariffPreviewTotal').implement({
  description: 'What uses of a month cost in a currency, and what they would have cost.',
  fields: (t) => ({
    currency: t.exposeString('currency', { description: 'By ISO 4217.' }),
    before: t.expose('before', { type: 'Decimal', description: 'By the tariffs that were valid.' }),
    after: t.expose('after', { type: 'Decimal', description: 'With the drafted one.' }),
  }),
});

const TariffPreviewAccount = builder
  .objectRef<Comparison['accounts'][number]>('TariffPreviewAccount')
  .implement({
    description: 'What an account paid for uses of a month, and what it would have paid.',
    fields: (t) => ({
      accountId: t.exposeID('accountId', { description: 'Id of the account.' }),
      account: t.field({
        type: Account,
        nullable: true,
        description: 'The account; null once it is gone.',
        resolve: ({ accountId }, _args, { load }) => load.find('Account', parseId('Account', accountId)),
      }),
      currency: t.exposeString('currency', { description: 'By ISO 4217.' }),
      before: t.expose('before', { type: 'Decimal', description: 'By the tariffs that were valid.' }),
      after: t.expose('after', { type: 'Decimal', description: 'With the drafted one.' }),
    }),
  });

const TariffPreview = builder.objectRef<Preview>('TariffPreview').implement({
  description:
    'What a tariff would have brought in a month, had it been valid in all of it. Of uses with the same charge alone, without what was paid for in advance, discounts and taxes.',
  fields: (t) => ({
    month: t.exposeString('month', { description: 'The billing month: `2026-11`.' }),
    totals: t.field({
      type: [TariffPreviewTotal],
      description: 'Of all accounts, by currency.',
      resolve: ({ totals }) => totals,
    }),
    accountCount: t.exposeInt('accountCount', {
      description: 'How many accounts would have paid something else.',
    }),
    accounts: t.field({
      type: [TariffPreviewAccount],
      description: 'Those whose costs differ most, at most 20.',
      resolve: ({ accounts }) => accounts,
    }),
  }),
});

const TariffPreviewInput = builder.inputType('TariffPreviewInput', {
  description: 'A tariff that there is not yet.',
  fields: (t) => ({
    replacesId: t.id({
      required: false,
      description: 'The tariff that it is to take the place of; beside all others when left out.',
    }),
    month: t.string({
      required: false,
      description: 'The billing month to rate again, like `2026-11`; the last one when left out.',
    }),
    ...tariffFields(t),
  }),
});

builder.queryField('tariffPreview', (t) =>
  t.field({
    type: TariffPreview,
    permission: 'tariff.preview',
    description:
      'Rates a month again with a drafted tariff, by the same functions that rate: nothing is changed. Errors: VALIDATION_FAILED, NOT_FOUND, QUERY_TOO_COMPLEX when it takes longer than 15 seconds.',
    args: { input: t.arg({ type: TariffPreviewInput, description: 'The draft.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.tariffPreviews.preview(actor, {
        ...input,
        name: 'draft',
        accountId: optionalId('Account', 'input.accountId', input.accountId),
        domainId: optionalId('Domain', 'input.domainId', input.domainId),
        zoneId: optionalId('Zone', 'input.zoneId', input.zoneId),
        replacesId: optionalId('Tariff', 'input.replacesId', input.replacesId),
        price: priceFrom(input.price),
      }),
  }),
);

builder.queryField('tariffConditionProblem', (t) =>
  t.string({
    nullable: true,
    permission: 'tariff.preview',
    description:
      'What is wrong with a tariff’s condition, with line and column; null when it is one. For editors, while somebody writes.',
    args: { condition: t.arg.string({ description: 'The condition, in CEL.' }) },
    resolve: (_parent, { condition }) => {
      try {
        parseCondition(condition);
        return null;
      } catch (error) {
        if (error instanceof ConditionError) return error.message;
        throw error;
      }
    },
  }),
);
