import { builder } from '../../graphql/builder.ts';
import { optionalId } from '../../graphql/id-argument.ts';
import { invalid } from '../../platform/errors.ts';
import { isMonth } from '../cost/billing-month.ts';
import { describe, StatementLine, StatementPartiesType } from './content-schema.ts';
import { documentPath } from './document/document-path.ts';
import { documentArguments } from './document-arguments.ts';
import { readDrafts, type StatementDraft } from './draft.ts';

const StatementDraft = builder.objectRef<StatementDraft>('StatementDraft').implement({
  description: 'What a statement would say if the month ended now. It changes until the statement is issued.',
  fields: (t) => ({
    accountId: t.exposeID('accountId', { description: 'The account that will owe it.' }),
    month: t.exposeString('month', { description: describe.month }),
    currency: t.exposeString('currency', { description: describe.currency }),
    startsAt: t.expose('startsAt', { type: 'DateTime', description: describe.startsAt }),
    endsAt: t.expose('endsAt', { type: 'DateTime', description: describe.endsAt }),
    asOf: t.expose('asOf', {
      type: 'DateTime',
      nullable: true,
      description: 'What was used up to here is in it; null while nothing was ever rated.',
    }),
    parties: t.field({
      type: StatementPartiesType,
      description: 'Who will send it, and to whom.',
      resolve: ({ parties }) => parties,
    }),
    usage: t.expose('usage', { type: 'Decimal', description: describe.usage }),
    discount: t.expose('discount', { type: 'Decimal', description: describe.discount }),
    tax: t.expose('tax', { type: 'Decimal', description: describe.tax }),
    total: t.expose('total', { type: 'Decimal', description: describe.total }),
    lines: t.field({
      type: [StatementLine],
      description:
        'What was used, by type, price and zone, with what was used since the last period ended as lines of their own; then discounts, then taxes.',
      resolve: ({ lines }) => lines,
    }),
    documentPath: t.string({
      description:
        'Where to GET it on this server, with your session or API key: as it is then, marked as a draft.',
      args: documentArguments,
      resolve: (draft, { format, language }) => documentPath(draft, format, language),
    }),
  }),
});

builder.queryField('statementDrafts', (t) =>
  t.field({
    type: [StatementDraft],
    permission: 'statement.list',
    description:
      'What the statements of a month would say now, for currencies in which there is none yet: none when nothing was used, or all were issued. Errors: VALIDATION_FAILED, NOT_FOUND for an account that you may not see.',
    args: {
      month: t.arg.string({ description: describe.month }),
      accountId: t.arg.id({ required: false, description: 'Of this account; your own when left out.' }),
    },
    resolve: async (_parent, { month, accountId: given }, { platform, actor, load }) => {
      if (!isMonth(month)) throw invalid('month', month, 'must be a month like 2026-11');
      const accountId = optionalId('Account', 'accountId', given) ?? actor.accountId;
      if (accountId !== actor.accountId) await load.get('Account', accountId);
      return readDrafts(platform.db, platform.settings, { accountId, month });
    },
  }),
);
