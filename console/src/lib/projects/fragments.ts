import { graphql, type FragmentOf } from '../api/graphql.ts';

// `state` under a name of its own: the feed asks for things together whose states are not of one type.
export const projectFields = graphql(`
  fragment ProjectFields on Project {
    id
    name
    version
    displayText
    accountId
    projectState: state
    viewerRole
    createdAt
  }
`);

export const invitationFields = graphql(`
  fragment InvitationFields on ProjectInvitation {
    id
    projectName
    accountName
    role
    invitedBy
    createdAt
    expiresAt
    isExpired
  }
`);

/** What its own page shows. */
export const projectDetails = graphql(
  `
    fragment ProjectDetails on Project {
      ...ProjectFields
      account {
        id
        domain {
          id
          path
        }
      }
      members {
        accountId
        accountName
        domainPath
        role
        joinedAt
      }
      invitations {
        ...InvitationFields
      }
      counts {
        virtualMachines
        runningVirtualMachines
        volumes
        images
      }
      availableActions {
        action
        isAllowed
      }
    }
  `,
  [invitationFields, projectFields],
);

export type Project = FragmentOf<typeof projectFields>;
export type ProjectDetails = FragmentOf<typeof projectDetails>;
export type ProjectMember = ProjectDetails['members'][number];
export type ProjectRole = ProjectMember['role'];
export type ProjectState = Project['projectState'];
export type ProjectAction = ProjectDetails['availableActions'][number]['action'];
export type Invitation = FragmentOf<typeof invitationFields>;
