import { graphql, type FragmentOf, type ResultOf } from '../../api/graphql.ts';

const balanceFields = graphql(`
  fragment BalanceFields on Balance {
    id
    currency
    amount
    settled
    used
    live
    perHour
    asOf
    at
    emptyAt
    arrears {
      stage
      since
      jobId
      nextStage
      nextStageAt
    }
    version
  }
`);

export const balancesQuery = graphql(
  `
    query Balances($accountId: ID!) {
      balances(accountId: $accountId, first: 100) {
        nodes {
          ...BalanceFields
        }
      }
    }
  `,
  [balanceFields],
);

export const balanceHistoryQuery = graphql(`
  query BalanceHistory($accountId: ID!, $currency: String!, $from: DateTime!, $until: DateTime!) {
    costs(accountId: $accountId, from: $from, until: $until, groupBy: [DAY]) {
      day
      currency
      amount
    }
    ledgerEntries(accountId: $accountId, first: 500, filter: { currency: $currency, from: $from }) {
      nodes {
        id
        at
        kind
        amount
      }
    }
  }
`);

export const entriesQuery = graphql(`
  query LedgerEntries(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $accountId: ID!
    $filter: LedgerEntryFilter
    $orderBy: LedgerEntryOrder
  ) {
    ledgerEntries(
      first: $first
      after: $after
      last: $last
      before: $before
      search: $search
      accountId: $accountId
      filter: $filter
      orderBy: $orderBy
    ) {
      nodes {
        id
        currency
        amount
        kind
        referenceId
        month
        note
        actorName
        at
      }
      totalCount
      isTotalEstimated
      startPosition
      pageInfo {
        hasNextPage
        hasPreviousPage
        startCursor
        endCursor
      }
    }
  }
`);

export type Entry = ResultOf<typeof entriesQuery>['ledgerEntries']['nodes'][number];

export const grantCreditMutation = graphql(`
  mutation GrantCredit($input: GrantCreditInput!) {
    grantCredit(input: $input) {
      entry {
        id
      }
    }
  }
`);

export const noticeContactQuery = graphql(`
  query NoticeContact($accountId: ID!) {
    noticeContact(accountId: $accountId) {
      accountId
      language
      emails
      webhookUrl
      version
    }
  }
`);

export type NoticeContact = ResultOf<typeof noticeContactQuery>['noticeContact'];

export const updateNoticeContactMutation = graphql(`
  mutation UpdateNoticeContact($input: UpdateNoticeContactInput!) {
    updateNoticeContact(input: $input) {
      contact {
        accountId
        language
        emails
        webhookUrl
        version
      }
      webhookSecret
    }
  }
`);

export type Balance = FragmentOf<typeof balanceFields>;
