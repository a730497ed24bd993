import { graphql, type ResultOf, type VariablesOf } from '../../api/graphql.ts';

export const exportsQuery = graphql(`
  query UsageExports(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $filter: UsageExportFilter
    $orderBy: UsageExportOrder
  ) {
    usageExports(
      first: $first
      after: $after
      last: $last
      before: $before
      search: $search
      filter: $filter
      orderBy: $orderBy
    ) {
      nodes {
        id
        kind
        format
        state
        from
        until
        accountId
        zoneId
        usageType
        scheduleId
        rowCount
        totalRows
        size
        sha256
        downloadPath
        problem
        createdAt
        expiresAt
        version
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

export const createExportMutation = graphql(`
  mutation CreateUsageExport($input: CreateUsageExportInput!) {
    createUsageExport(input: $input) {
      usageExport {
        id
        state
      }
    }
  }
`);

export const deleteExportMutation = graphql(`
  mutation DeleteUsageExport($input: DeleteUsageExportInput!) {
    deleteUsageExport(input: $input) {
      exportId
    }
  }
`);

export type Export = ResultOf<typeof exportsQuery>['usageExports']['nodes'][number];
export type ExportKind = VariablesOf<typeof createExportMutation>['input']['kind'];
export type ExportFormat = VariablesOf<typeof createExportMutation>['input']['format'];
