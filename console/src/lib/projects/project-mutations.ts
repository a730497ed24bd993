import { graphql } from '../api/graphql.ts';
import { jobFields } from '../jobs/fragments.ts';
import { projectDetails, projectFields } from './fragments.ts';

export const createProjectMutation = graphql(
  `
    mutation CreateProject($input: CreateProjectInput!) {
      createProject(input: $input) {
        project {
          ...ProjectDetails
        }
      }
    }
  `,
  [projectDetails],
);

export const updateProjectMutation = graphql(
  `
    mutation UpdateProject($input: UpdateProjectInput!) {
      updateProject(input: $input) {
        project {
          ...ProjectDetails
        }
      }
    }
  `,
  [projectDetails],
);

export const suspendProjectMutation = graphql(
  `
    mutation SuspendProject($input: ProjectInput!) {
      suspendProject(input: $input) {
        project {
          ...ProjectDetails
        }
        job {
          ...JobFields
        }
      }
    }
  `,
  [jobFields, projectDetails],
);

export const activateProjectMutation = graphql(
  `
    mutation ActivateProject($input: ProjectInput!) {
      activateProject(input: $input) {
        project {
          ...ProjectDetails
        }
      }
    }
  `,
  [projectDetails],
);

export const deleteProjectMutation = graphql(
  `
    mutation DeleteProject($input: ProjectInput!) {
      deleteProject(input: $input) {
        project {
          ...ProjectFields
        }
        job {
          ...JobFields
        }
      }
    }
  `,
  [jobFields, projectFields],
);

export const inviteMutation = graphql(
  `
    mutation InviteToProject($input: InviteToProjectInput!) {
      inviteToProject(input: $input) {
        project {
          ...ProjectDetails
        }
        invitation {
          id
        }
      }
    }
  `,
  [projectDetails],
);

export const revokeInvitationMutation = graphql(
  `
    mutation RevokeProjectInvitation($input: ProjectInvitationInput!) {
      revokeProjectInvitation(input: $input) {
        project {
          ...ProjectDetails
        }
      }
    }
  `,
  [projectDetails],
);

export const answerInvitationMutation = graphql(
  `
    mutation AnswerProjectInvitation($input: AnswerProjectInvitationInput!) {
      answerProjectInvitation(input: $input) {
        project {
          ...ProjectFields
        }
      }
    }
  `,
  [projectFields],
);

export const updateMemberMutation = graphql(
  `
    mutation UpdateProjectMember($input: UpdateProjectMemberInput!) {
      updateProjectMember(input: $input) {
        project {
          ...ProjectDetails
        }
      }
    }
  `,
  [projectDetails],
);

export const removeMemberMutation = graphql(
  `
    mutation RemoveProjectMember($input: RemoveProjectMemberInput!) {
      removeProjectMember(input: $input) {
        accountId
        project {
          ...ProjectDetails
        }
      }
    }
  `,
  [projectDetails],
);
