import { graphql, type ResultOf } from '../api/graphql.ts';
import { invitationFields, projectDetails, projectFields } from './fragments.ts';

export const projectsQuery = graphql(
  `
    query Projects(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $filter: ProjectFilter
      $orderBy: ProjectOrder
    ) {
      projects(
        first: $first
        after: $after
        last: $last
        before: $before
        search: $search
        filter: $filter
        orderBy: $orderBy
      ) {
        nodes {
          ...ProjectFields
          members {
            accountId
          }
          counts {
            virtualMachines
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
  `,
  [projectFields],
);

/** Those that one can work in: all that one's account takes part in. */
export const ownProjectsQuery = graphql(
  `
    query OwnProjects($search: String) {
      projects(
        first: 50
        search: $search
        filter: { role: [ADMIN, MEMBER, VIEWER] }
        orderBy: { field: NAME, direction: ASC }
      ) {
        nodes {
          ...ProjectFields
        }
        totalCount
      }
    }
  `,
  [projectFields],
);

/** The one that one works in. */
export const chosenProjectQuery = graphql(
  `
    query ChosenProject($id: ID!) {
      project(id: $id) {
        ...ProjectFields
      }
    }
  `,
  [projectFields],
);

export const projectQuery = graphql(
  `
    query Project($id: ID!) {
      project(id: $id) {
        ...ProjectDetails
      }
    }
  `,
  [projectDetails],
);

/** Invitations that wait for one's answer. */
export const invitationsToMeQuery = graphql(
  `
    query InvitationsToMe {
      projectInvitations(first: 20, filter: { isForMe: true }) {
        nodes {
          ...InvitationFields
        }
      }
    }
  `,
  [invitationFields],
);

export const planDeleteProjectQuery = graphql(`
  query PlanDeleteProject($input: ProjectInput!) {
    plan: planDeleteProject(input: $input) {
      virtualMachines
      volumes
      images
      members
    }
  }
`);

export type ListedProject = ResultOf<typeof projectsQuery>['projects']['nodes'][number];
