import { builder } from '../../graphql/builder.ts';
import { invalid } from '../../platform/errors.ts';
import { isMonth } from '../cost/billing-month.ts';
import { describe } from './content-schema.ts';
import { readDomainSums, type DomainSum } from './roll-up.ts';

const DomainStatementSum = builder.objectRef<DomainSum>('DomainStatementSum').implement({
  description: 'What the accounts of a domain and of those below it were billed in a month, in one currency.',
  fields: (t) => ({
    domainId: t.exposeID('domainId', { description: 'The domain.' }),
    domainPath: t.exposeString('domainPath', { description: 'Its path.' }),
    currency: t.exposeString('currency', { description: 'By ISO 4217.' }),
    accountCount: t.exposeInt('accountCount', { description: 'Accounts that have a statement.' }),
    statementCount: t.exposeInt('statementCount', { description: 'Statements.' }),
    creditNoteCount: t.exposeInt('creditNoteCount', { description: 'Credit notes on them.' }),
    usage: t.expose('usage', { type: 'Decimal', description: describe.usage }),
    discount: t.expose('discount', { type: 'Decimal', description: describe.discount }),
    tax: t.expose('tax', { type: 'Decimal', description: describe.tax }),
    total: t.expose('total', { type: 'Decimal', description: 'The sum, credit notes with it.' }),
  }),
});

builder.queryField('domainStatementSums', (t) =>
  t.field({
    type: [DomainStatementSum],
    permission: 'statement.list',
    description:
      'The statements and credit notes of a month that you may see, summed up for each domain that you may see, with those below it. Accounts count where they were when they were billed. Errors: VALIDATION_FAILED.',
    args: { month: t.arg.string({ description: describe.month }) },
    resolve: (_parent, { month }, { platform, actor }) => {
      if (!isMonth(month)) throw invalid('month', month, 'must be a month like 2026-11');
      return readDomainSums(platform.db, actor, month);
    },
  }),
);
