import { graphql } from '../api/graphql.ts';
import { jobFields } from '../jobs/fragments.ts';
import { isoFields, templateFields } from './fragments.ts';

export const templatesQuery = graphql(
  `
    query Templates(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $accountId: ID
      $filter: TemplateFilter
      $orderBy: TemplateOrder
    ) {
      templates(
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
          ...TemplateFields
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
  `,
  [templateFields],
);

export const isosQuery = graphql(
  `
    query Isos(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $accountId: ID
      $filter: IsoFilter
      $orderBy: IsoOrder
    ) {
      isos(
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
          ...IsoFields
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
  `,
  [isoFields],
);

export const createTemplateMutation = graphql(
  `
    mutation CreateTemplate($input: CreateTemplateInput!) {
      createTemplate(input: $input) {
        job {
          ...JobFields
        }
        template {
          ...TemplateFields
        }
      }
    }
  `,
  [jobFields, templateFields],
);

export const registerTemplateMutation = graphql(
  `
    mutation RegisterTemplate($input: RegisterTemplateInput!) {
      registerTemplate(input: $input) {
        job {
          ...JobFields
        }
        template {
          ...TemplateFields
        }
      }
    }
  `,
  [jobFields, templateFields],
);

export const registerIsoMutation = graphql(
  `
    mutation RegisterIso($input: RegisterIsoInput!) {
      registerIso(input: $input) {
        job {
          ...JobFields
        }
        iso {
          ...IsoFields
        }
      }
    }
  `,
  [isoFields, jobFields],
);

export const deleteTemplateMutation = graphql(
  `
    mutation DeleteTemplate($input: DeleteTemplateInput!) {
      deleteTemplate(input: $input) {
        job {
          ...JobFields
        }
      }
    }
  `,
  [jobFields],
);

export const deleteIsoMutation = graphql(
  `
    mutation DeleteIso($input: DeleteIsoInput!) {
      deleteIso(input: $input) {
        job {
          ...JobFields
        }
      }
    }
  `,
  [jobFields],
);

/** The downloads under way, for their progress. */
export const imageJobsQuery = graphql(
  `
    query ImageJobs {
      jobs(first: 100, filter: { status: [QUEUED, RUNNING] }) {
        nodes {
          ...JobFields
        }
      }
    }
  `,
  [jobFields],
);
