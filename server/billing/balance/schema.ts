import type { Row } from '@nephos/model/database.ts';
import type { Money } from '@nephos/usage/rate/money.ts';
import { roundMoney } from '@nephos/usage/rate/money.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import type { RequestContext } from '../../graphql/context.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Account } from '../../identity/account/schema.ts';
import { Arrears } from '../arrears/schema.ts';
import { readArrears } from '../arrears/shown-arrears.ts';
import { readBalancesById, secondsLeft, type BalanceNow } from './read-balances.ts';

/** Places after the point of an amount that ticks. */
const shownPlaces = 6;
const shown = (money: Money) => roundMoney(money, shownPlaces);

/** Loaded for all balances of an answer at once. */
async function nowOf({ id }: Row<'Balance'>, { load }: RequestContext): Promise<BalanceNow> {
  const now = await load.partsOf('balances', id, readBalancesById);
  if (now === undefined) throw new Error(`balance ${id} went while it was read`);
  return now;
}

const Balance = builder.objectRef<Row<'Balance'>>('Balance').implement({
  description:
    'What an account has left in a currency. Between two looks it falls by `perHour`: amount − perHour × (now − asOf) / 1 h.',
  interfaces: [Node],
  fields: (t) => ({
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The account; null once it is gone.',
      resolve: ({ accountId }, _args, { load }) => load.find('Account', accountId),
    }),
    accountId: t.exposeID('accountId', { description: 'Id of the account.' }),
    currency: t.exposeString('currency', { description: 'By ISO 4217.' }),
    amount: t.field({
      type: 'Decimal',
      description: `What is left, rounded to ${shownPlaces} places: its entries, less what was used and no statement has so far. Discounts and taxes come with the statement.`,
      resolve: async (balance, _args, context) => shown((await nowOf(balance, context)).amount),
    }),
    settled: t.expose('settled', { type: 'Decimal', description: 'Sum of its entries in the ledger.' }),
    used: t.field({
      type: 'Decimal',
      description: `What was used and no statement has, rounded to ${shownPlaces} places.`,
      resolve: async (balance, _args, context) => shown((await nowOf(balance, context)).used),
    }),
    live: t.field({
      type: 'Decimal',
      description: `The part of \`used\` that no closed period has so far, rounded to ${shownPlaces} places: \`costs\` does not count it yet.`,
      resolve: async (balance, _args, context) => shown((await nowOf(balance, context)).live),
    }),
    perHour: t.field({
      type: 'Decimal',
      description: `What goes on now costs so much for an hour, rounded to ${shownPlaces} places.`,
      resolve: async (balance, _args, context) => shown((await nowOf(balance, context)).perHour),
    }),
    asOf: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Up to when use is counted; null while the usage daemon has not rated anything.',
      resolve: async (balance, _args, context) => (await nowOf(balance, context)).asOf,
    }),
    at: t.field({
      type: 'DateTime',
      description: 'The moment of this answer, for clients whose own clocks may be wrong.',
      resolve: (_balance, _args, { platform }) => platform.clock.now(),
    }),
    emptyAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When nothing will be left if all goes on as now; `asOf` where nothing is left, null where nothing costs.',
      resolve: async (balance, _args, context) => {
        const now = await nowOf(balance, context);
        const seconds = secondsLeft(now);
        return now.asOf === null || seconds === null ? null : new Date(now.asOf.getTime() + seconds * 1000);
      },
    }),
    arrears: t.field({
      type: Arrears,
      nullable: true,
      description: 'What is done because a balance of the account is below zero; null while nothing is.',
      resolve: async ({ accountId }, _args, { load }) =>
        (await load.partsOf('arrears', accountId, readArrears)) ?? null,
    }),
    version: t.exposeInt('version', {
      description: 'Grows with every entry, and when what goes on changes.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

const BalanceFilter = builder.inputType('BalanceFilter', {
  description: 'Which balances.',
  fields: (t) => ({
    currency: t.string({ required: false, description: 'In this currency.' }),
  }),
});

addListField({
  field: 'balances',
  type: 'Balance',
  plural: 'balances',
  node: Balance,
  table: 'Balance',
  permission: 'balance.list',
  searched: ['accountId', 'currency'],
  filter: {
    input: BalanceFilter,
    where: ({ currency }) => (currency == null ? [] : [sql<boolean>`"currency" = ${currency}`]),
  },
});
