import { graphql, type FragmentOf, type ResultOf } from '../../api/graphql.ts';

/** A line of a statement or of a draft. */
const statementLineFields = graphql(`
  fragment StatementLineFields on StatementLine {
    kind
    label
    usageType
    zoneName
    resourceCount
    unit
    quantity
    price
    tiers {
      upTo
      price
    }
    included
    percent
    base
    amount
  }
`);

export const statementsQuery = graphql(`
  query StatementList(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $accountId: ID
    $filter: StatementFilter
    $orderBy: StatementOrder
  ) {
    statements(
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
        number
        kind
        accountId
        month
        currency
        total
        issuedAt
        parties {
          customer {
            account
            domain
          }
        }
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

export const statementQuery = graphql(
  `
    query StatementPage($id: ID!) {
      statement(id: $id) {
        id
        number
        kind
        month
        currency
        startsAt
        endsAt
        timeZone
        issuedAt
        usage
        discount
        tax
        total
        parties {
          issuer {
            name
            address
            taxId
            contact
          }
          customer {
            account
            domain
          }
        }
        pdfEnglish: documentPath(format: PDF, language: EN)
        pdfChinese: documentPath(format: PDF, language: ZH)
        htmlEnglish: documentPath(format: HTML, language: EN)
        htmlChinese: documentPath(format: HTML, language: ZH)
        lines {
          ...StatementLineFields
        }
        corrects {
          id
          number
        }
        creditNotes {
          id
          number
          total
          issuedAt
        }
      }
    }
  `,
  [statementLineFields],
);

export const statementDraftsQuery = graphql(
  `
    query StatementDrafts($month: String!, $accountId: ID) {
      statementDrafts(month: $month, accountId: $accountId) {
        accountId
        month
        currency
        asOf
        pdfEnglish: documentPath(format: PDF, language: EN)
        pdfChinese: documentPath(format: PDF, language: ZH)
        htmlEnglish: documentPath(format: HTML, language: EN)
        htmlChinese: documentPath(format: HTML, language: ZH)
        usage
        discount
        tax
        total
        parties {
          issuer {
            name
            address
            taxId
            contact
          }
          customer {
            account
            domain
          }
        }
        lines {
          ...StatementLineFields
        }
      }
    }
  `,
  [statementLineFields],
);

export const domainSumsQuery = graphql(`
  query DomainStatementSums($month: String!) {
    domainStatementSums(month: $month) {
      domainId
      domainPath
      currency
      accountCount
      statementCount
      creditNoteCount
      usage
      discount
      tax
      total
    }
  }
`);

export const finalizeStatementsMutation = graphql(`
  mutation FinalizeStatements($input: FinalizeStatementsInput!) {
    finalizeStatements(input: $input) {
      job {
        id
      }
    }
  }
`);

export type StatementLine = FragmentOf<typeof statementLineFields>;
export type StatementRow = ResultOf<typeof statementsQuery>['statements']['nodes'][number];
export type Statement = NonNullable<ResultOf<typeof statementQuery>['statement']>;
export type StatementDraft = ResultOf<typeof statementDraftsQuery>['statementDrafts'][number];
/** Where their documents are fetched from, alike for statements and drafts. */
export type DocumentPaths = Pick<Statement, 'pdfEnglish' | 'pdfChinese' | 'htmlEnglish' | 'htmlChinese'>;
/** What statements and drafts show alike. */
export type StatementContent = Pick<
  Statement,
  'currency' | 'usage' | 'discount' | 'tax' | 'total' | 'parties' | 'lines'
>;
