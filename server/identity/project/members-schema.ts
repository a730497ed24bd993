import { parseId } from '@nephos/model/kernel/ids.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument, optionalId } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import { ProjectPayload } from './mutations-schema.ts';
import { Project, ProjectInvitation, ProjectRole } from './schema.ts';

const InviteToProjectInput = builder.inputType('InviteToProjectInput', {
  description: 'Which project, whom, and as what.',
  fields: (t) => ({
    projectId: t.id({ description: 'The project.' }),
    accountId: t.id({
      required: false,
      description: 'The account, if you see it. Either this, or both `domainPath` and `accountName`.',
    }),
    domainPath: t.string({
      required: false,
      description: 'Path of the account’s domain: `/region/customer`.',
    }),
    accountName: t.string({ required: false, description: 'Name of the account in that domain.' }),
    role: t.field({ type: ProjectRole, defaultValue: 'MEMBER', description: 'What it is to be.' }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

const InviteToProjectPayload = builder
  .objectRef<{ projectId: string; invitationId?: string }>('InviteToProjectPayload')
  .implement({
    description: 'The project, and the invitation.',
    fields: (t) => ({
      project: t.field({
        type: Project,
        description: 'The project as it is now.',
        resolve: ({ projectId }, _args, { load }) => load.get('Project', parseId('Project', projectId)),
      }),
      invitation: t.field({
        type: ProjectInvitation,
        nullable: true,
        description:
          'The invitation; null where `project.invite.required` is false and the account takes part at once.',
        resolve: ({ invitationId }, _args, { load }) =>
          invitationId === undefined
            ? null
            : load.find('ProjectInvitation', parseId('ProjectInvitation', invitationId)),
      }),
    }),
  });

builder.mutationField('inviteToProject', (t) =>
  t.field({
    type: InviteToProjectPayload,
    permission: 'project.invite',
    description:
      'Asks an account to take part in a project; a second invitation takes the place of the first. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: InviteToProjectInput, description: 'Which project, whom, and as what.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.projectMembers.invite(actor, {
        ...input,
        projectId: idArgument('Project', 'input.projectId', input.projectId),
        accountId: optionalId('Account', 'input.accountId', input.accountId),
      }),
  }),
);

const ProjectInvitationInput = builder.inputType('ProjectInvitationInput', {
  description: 'Which invitation.',
  fields: (t) => ({ id: t.id({ description: 'The invitation.' }) }),
});

builder.mutationField('revokeProjectInvitation', (t) =>
  t.field({
    type: ProjectPayload,
    permission: 'project.invite',
    description: 'Takes an invitation back. Errors: NOT_FOUND, FORBIDDEN.',
    args: { input: t.arg({ type: ProjectInvitationInput, description: 'Which invitation.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.projectMembers.revoke(actor, idArgument('ProjectInvitation', 'input.id', input.id)),
  }),
);

const AnswerProjectInvitationInput = builder.inputType('AnswerProjectInvitationInput', {
  description: 'Which invitation, and the answer.',
  fields: (t) => ({
    id: t.id({ description: 'The invitation.' }),
    isAccepted: t.boolean({ description: 'Whether your account takes part from now on.' }),
  }),
});

const AnswerProjectInvitationPayload = builder
  .objectRef<{ projectId: string | null }>('AnswerProjectInvitationPayload')
  .implement({
    description: 'What came of the answer.',
    fields: (t) => ({
      project: t.field({
        type: Project,
        nullable: true,
        description: 'The project that your account takes part in now; null when you declined.',
        resolve: ({ projectId }, _args, { load }) =>
          projectId === null ? null : load.find('Project', parseId('Project', projectId)),
      }),
    }),
  });

builder.mutationField('answerProjectInvitation', (t) =>
  t.field({
    type: AnswerProjectInvitationPayload,
    permission: 'projectInvitation.answer',
    description:
      'Accepts or declines an invitation of your account. Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE when it ran out.',
    args: {
      input: t.arg({ type: AnswerProjectInvitationInput, description: 'Which invitation, and the answer.' }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.projectMembers.answer(actor, {
        ...input,
        id: idArgument('ProjectInvitation', 'input.id', input.id),
      }),
  }),
);

const UpdateProjectMemberInput = builder.inputType('UpdateProjectMemberInput', {
  description: 'Which member, and its new role.',
  fields: (t) => ({
    projectId: t.id({ description: 'The project.' }),
    accountId: t.id({ description: 'The account that takes part.' }),
    role: t.field({ type: ProjectRole, description: 'Its new role.' }),
  }),
});

builder.mutationField('updateProjectMember', (t) =>
  t.field({
    type: ProjectPayload,
    permission: 'project.updateMember',
    description:
      'Gives a member another role. Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE for the last admin.',
    args: {
      input: t.arg({ type: UpdateProjectMemberInput, description: 'Which member, and its new role.' }),
    },
    resolve: (_parent, { input }, { services, actor }) =>
      services.projectMembers.updateRole(actor, {
        role: input.role,
        projectId: idArgument('Project', 'input.projectId', input.projectId),
        accountId: idArgument('Account', 'input.accountId', input.accountId),
      }),
  }),
);

const RemoveProjectMemberInput = builder.inputType('RemoveProjectMemberInput', {
  description: 'Which member.',
  fields: (t) => ({
    projectId: t.id({ description: 'The project.' }),
    accountId: t.id({ description: 'The account that takes part; your own to leave.' }),
  }),
});

const RemoveProjectMemberPayload = builder
  .objectRef<{ projectId: string; accountId: string }>('RemoveProjectMemberPayload')
  .implement({
    description: 'Who was removed.',
    fields: (t) => ({
      accountId: t.exposeID('accountId', { description: 'The account that takes part no more.' }),
      project: t.field({
        type: Project,
        nullable: true,
        description: 'The project as it is now; null after you left it.',
        resolve: ({ projectId }, _args, { load }) => load.find('Project', parseId('Project', projectId)),
      }),
    }),
  });

builder.mutationField('removeProjectMember', (t) =>
  t.field({
    type: RemoveProjectMemberPayload,
    permission: 'project.removeMember',
    description:
      'Takes an account out of a project; every member may leave. Its users see nothing of the project any more, at once. Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE for the last admin.',
    args: { input: t.arg({ type: RemoveProjectMemberInput, description: 'Which member.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.projectMembers.remove(actor, {
        projectId: idArgument('Project', 'input.projectId', input.projectId),
        accountId: idArgument('Account', 'input.accountId', input.accountId),
      }),
  }),
);
