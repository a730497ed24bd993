import type { Database, Row } from '@nephos/model/database.ts';
import type { BudgetMeasure as BudgetMeasures } from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import type { RequestContext } from '../../graphql/context.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Account } from '../../identity/account/schema.ts';
import { Domain } from '../../identity/domain/schema.ts';
import { shownMoney } from '../cost/shown-money.ts';
import { readAlerts } from './alert-store.ts';
import { amountText } from './budget-input.ts';
import { percentOf, readProgress, type BudgetProgress } from './budget-progress.ts';

const BudgetMeasure = builder.enumType('BudgetMeasure', {
  description: 'What of a budget is compared with its amount.',
  values: {
    ACTUAL: { description: 'What was spent in the month so far.' },
    FORECAST: { description: 'What will have been spent at its end.' },
  } satisfies Record<keyof typeof BudgetMeasures, { description: string }>,
});

const BudgetAlert = builder.objectRef<Row<'BudgetAlert'>>('BudgetAlert').implement({
  description: 'A threshold of a budget that was reached; its account is told once a month.',
  fields: (t) => ({
    measure: t.field({
      type: BudgetMeasure,
      description: 'What reached it.',
      resolve: ({ measure }) => measure,
    }),
    percent: t.exposeInt('percent', { description: 'The threshold, in percent of the amount.' }),
    amount: t.expose('amount', {
      type: 'Decimal',
      description: 'What was spent then, or was expected to be.',
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was found to be reached.' }),
  }),
});

type ShownProgress = BudgetProgress & { of: Row<'Budget'>; alerts: Row<'BudgetAlert'>[] };

const BudgetProgressRef = builder.objectRef<ShownProgress>('BudgetProgress').implement({
  description: 'How far a budget is spent this month.',
  fields: (t) => ({
    month: t.exposeString('month', { description: 'The billing month: `2026-11`.' }),
    monthEndsAt: t.expose('monthEndsAt', { type: 'DateTime', description: 'Its end.' }),
    asOf: t.expose('asOf', {
      type: 'DateTime',
      nullable: true,
      description: 'Up to when costs are known; of what has a tag, the end of the last usage period.',
    }),
    amount: t.field({
      type: 'Decimal',
      description: 'What was spent.',
      resolve: ({ amount, of }) => shownMoney(amount, of.currency),
    }),
    perHour: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'What goes on costs so much for an hour; null for a budget of a tag.',
      resolve: ({ perHour, of }) => (perHour === null ? null : shownMoney(perHour, of.currency)),
    }),
    forecast: t.field({
      type: 'Decimal',
      description: 'What will have been spent at the end of the month; `CostOverview.forecast` says how.',
      resolve: ({ forecast, of }) => shownMoney(forecast, of.currency),
    }),
    percent: t.int({
      description: 'What was spent, in percent of the amount, rounded down.',
      resolve: ({ amount, of }) => percentOf(amount, of.amount),
    }),
    forecastPercent: t.int({
      description: 'What will have been spent, in percent of the amount, rounded down.',
      resolve: ({ forecast, of }) => percentOf(forecast, of.amount),
    }),
    alerts: t.field({
      type: [BudgetAlert],
      description: 'Thresholds that were reached this month, the first first.',
      resolve: ({ alerts }) => alerts,
    }),
  }),
});

/** A budget. */
export const Budget = builder.objectRef<Row<'Budget'>>('Budget').implement({
  description:
    'What an account, or all accounts of a domain and those below, mean to spend in a month. Nothing is stopped by it: its account is told when thresholds are reached.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique for its account.' }),
    account: t.field({
      type: Account,
      nullable: true,
      description: 'Whose it is, and who is told; null when you may not see it.',
      resolve: ({ accountId }, _args, { load }) => load.find('Account', accountId),
    }),
    domain: t.field({
      type: Domain,
      nullable: true,
      description: 'It counts what accounts of this domain and those below use; null: what its account uses.',
      resolve: ({ domainId }, _args, { load }) => (domainId === null ? null : load.find('Domain', domainId)),
    }),
    tagKey: t.exposeString('tagKey', {
      nullable: true,
      description: 'It counts only what has a tag with this key.',
    }),
    tagValue: t.exposeString('tagValue', {
      nullable: true,
      description: 'The value that the tag has; null: any.',
    }),
    currency: t.exposeString('currency', {
      description: 'By ISO 4217. What is paid in another does not count.',
    }),
    amount: t.field({
      type: 'Decimal',
      description: 'What is to be spent in a month at most.',
      resolve: amountText,
    }),
    actualPercents: t.exposeIntList('actualPercents', {
      description: 'Percents of the amount at which its account is told that so much was spent.',
    }),
    forecastPercents: t.exposeIntList('forecastPercents', {
      description: 'Percents of the amount at which its account is told that so much will have been spent.',
    }),
    progress: t.field({
      type: BudgetProgressRef,
      nullable: true,
      description:
        'How far it is spent this month; null when its account, or you, do not administer the domain that it counts.',
      resolve: (budget, _args, context) => progressOf(budget, context),
    }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

/** What a domain spends is nothing for those who see the budget for their account's sake alone. */
async function progressOf(
  budget: Row<'Budget'>,
  { platform, actor, load }: RequestContext,
): Promise<ShownProgress | null> {
  const { domainId } = budget;
  const administers = actor.accountType === 'ROOT_ADMIN' || actor.accountType === 'DOMAIN_ADMIN';
  const at = platform.clock.now();
  const timeZone = platform.settings.get('usage.aggregation.timezone');
  // Both at once, so that a list of budgets is one statement.
  const [domain, progress] = await Promise.all([
    domainId === null || !administers ? null : load.find('Domain', domainId),
    load.partsOf('progress', budget.id, (db, ids) => readProgressWithAlerts(db, ids, { at, timeZone })),
  ]);
  if (progress === undefined || (domainId !== null && domain === null)) return null;
  return { ...progress, of: budget };
}

async function readProgressWithAlerts(
  db: Database,
  ids: readonly string[],
  moment: { at: Date; timeZone: string },
): Promise<Map<string, Omit<ShownProgress, 'of'>>> {
  const [progress, alerts] = await Promise.all([readProgress(db, ids, moment), readAlerts(db, ids)]);
  return new Map(
    [...progress].map(([id, each]) => [
      id,
      { ...each, alerts: (alerts.get(id) ?? []).filter(({ month }) => month === each.month) },
    ]),
  );
}

addListField({
  field: 'budgets',
  type: 'Budget',
  plural: 'budgets',
  node: Budget,
  table: 'Budget',
  permission: 'budget.list',
  searched: ['name', 'tagKey', 'tagValue'],
  orders: {
    NAME: { column: 'name', description: 'By name.' },
    AMOUNT: { column: 'amount', description: 'By amount, whatever the currency.' },
  },
  filter: {
    input: builder.inputType('BudgetFilter', {
      description: 'Which budgets.',
      fields: (t) => ({
        currency: t.string({ required: false, description: 'In this currency.' }),
      }),
    }),
    where: ({ currency }) => (currency == null ? [] : [sql<boolean>`"currency" = ${currency}`]),
  },
});
