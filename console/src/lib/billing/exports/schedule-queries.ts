import { graphql, type ResultOf, type VariablesOf } from '../../api/graphql.ts';

export const exportSchedulesQuery = graphql(`
  query UsageExportSchedules {
    usageExportSchedules(first: 50, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        id
        name
        kind
        format
        range
        cron
        timeZone
        isEnabled
        nextRunAt
        problem
        version
        target {
          destination
          folder
          endpoint
          region
          bucket
          prefix
          accessKeyId
          isPathStyle
          url
          sends
        }
      }
    }
  }
`);

export const exportRunsQuery = graphql(`
  query UsageExportRuns(
    $first: Int
    $after: Cursor
    $last: Int
    $before: Cursor
    $search: String
    $filter: UsageExportRunFilter
    $orderBy: UsageExportRunOrder
  ) {
    usageExportRuns(
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
        scheduleId
        state
        dueAt
        from
        until
        attempt
        nextAttemptAt
        sent
        size
        rowCount
        sha256
        location
        problem
        createdAt
        finishedAt
        version
        usageExport {
          id
          state
          rowCount
          totalRows
          downloadPath
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

export const createExportScheduleMutation = graphql(`
  mutation CreateUsageExportSchedule($input: CreateUsageExportScheduleInput!) {
    createUsageExportSchedule(input: $input) {
      schedule {
        id
        version
      }
    }
  }
`);

export const updateExportScheduleMutation = graphql(`
  mutation UpdateUsageExportSchedule($input: UpdateUsageExportScheduleInput!) {
    updateUsageExportSchedule(input: $input) {
      schedule {
        id
        isEnabled
        nextRunAt
        version
      }
    }
  }
`);

export const deleteExportScheduleMutation = graphql(`
  mutation DeleteUsageExportSchedule($input: DeleteUsageExportScheduleInput!) {
    deleteUsageExportSchedule(input: $input) {
      scheduleId
    }
  }
`);

export const runExportScheduleMutation = graphql(`
  mutation RunUsageExportSchedule($input: RunUsageExportScheduleInput!) {
    runUsageExportSchedule(input: $input) {
      run {
        id
        state
      }
    }
  }
`);

export const retryExportRunMutation = graphql(`
  mutation RetryUsageExportRun($input: RetryUsageExportRunInput!) {
    retryUsageExportRun(input: $input) {
      run {
        id
        state
        problem
        version
      }
    }
  }
`);

export type ExportSchedule = ResultOf<typeof exportSchedulesQuery>['usageExportSchedules']['nodes'][number];
export type ExportRun = ResultOf<typeof exportRunsQuery>['usageExportRuns']['nodes'][number];
export type ExportRange = ExportSchedule['range'];
export type ExportDestination = ExportSchedule['target']['destination'];
export type ExportTargetInput = VariablesOf<typeof createExportScheduleMutation>['input']['target'];
