import type { Row } from '@nephos/model/database.ts';
import type {
  ProjectRole as ProjectRoles,
  ProjectState as ProjectStates,
} from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';
import { builder, Node } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { addListField } from '../../graphql/list-field.ts';
import { Account } from '../account/schema.ts';
import {
  availableProjectActions,
  type AvailableProjectAction,
  type ProjectAction,
} from './available-actions.ts';
import {
  countsOf,
  invitationNamesOf,
  managedBy,
  membersOf,
  openInvitationsOf,
  type MemberFacts,
  type ProjectCounts,
} from './store.ts';

export const ProjectState = builder.enumType('ProjectState', {
  description: 'What is going on with a project.',
  values: {
    ACTIVE: { description: 'Can be used.' },
    SUSPENDED: { description: 'Its machines are off and stay off.' },
    DELETING: { description: 'Is being removed with all it owns.' },
  } satisfies Record<keyof typeof ProjectStates, { description: string }>,
});

export const ProjectRole = builder.enumType('ProjectRole', {
  description: 'What a member may do in a project, as far as its own role allows.',
  values: {
    ADMIN: { description: 'Runs the project, its members and its resources.' },
    MEMBER: { description: 'Runs its resources.' },
    VIEWER: { description: 'Looks at its resources.' },
  } satisfies Record<keyof typeof ProjectRoles, { description: string }>,
});

const ProjectMember = builder.objectRef<MemberFacts>('ProjectMember').implement({
  description: 'An account that takes part in a project, with all of its users.',
  fields: (t) => ({
    accountId: t.exposeID('accountId', { description: 'The account.' }),
    accountName: t.exposeString('accountName', { description: 'Its name.' }),
    domainPath: t.exposeString('domainPath', { description: 'Path of the domain it is in.' }),
    account: t.field({
      type: Account,
      nullable: true,
      description: 'The account itself; null when you may not see it.',
      resolve: ({ accountId }, _args, { load }) => load.find('Account', accountId),
    }),
    role: t.field({ type: ProjectRole, description: 'What it may do.', resolve: ({ role }) => role }),
    joinedAt: t.expose('createdAt', { type: 'DateTime', description: 'Since when it takes part.' }),
  }),
});

const ProjectActionEnum = builder.enumType('ProjectAction', {
  description: 'What can be done to a project.',
  values: {
    UPDATE: { description: 'updateProject' },
    INVITE: { description: 'inviteToProject, revokeProjectInvitation' },
    UPDATE_MEMBER: { description: 'updateProjectMember' },
    REMOVE_MEMBER: { description: 'removeProjectMember; leaving is open to every member.' },
    SUSPEND: { description: 'suspendProject' },
    ACTIVATE: { description: 'activateProject' },
    DELETE: { description: 'deleteProject' },
  } satisfies Record<ProjectAction, { description: string }>,
});

const AvailableProjectActionRef = builder
  .objectRef<AvailableProjectAction>('AvailableProjectAction')
  .implement({
    description: 'Whether you may do something to a project now.',
    fields: (t) => ({
      action: t.field({ type: ProjectActionEnum, description: 'What.', resolve: ({ action }) => action }),
      isAllowed: t.exposeBoolean('isAllowed', { description: 'Whether you may.' }),
      reason: t.exposeString('reason', { nullable: true, description: 'Why not.' }),
    }),
  });

const ProjectCountsRef = builder.objectRef<ProjectCounts>('ProjectCounts').implement({
  description: 'How much there is in a project.',
  fields: (t) => ({
    virtualMachines: t.exposeInt('virtualMachines', {
      description: 'Machines, those in the recycle bin included.',
    }),
    runningVirtualMachines: t.exposeInt('runningVirtualMachines', { description: 'Machines that run.' }),
    volumes: t.exposeInt('volumes', { description: 'Disks.' }),
    images: t.exposeInt('images', { description: 'Templates and ISOs.' }),
  }),
});

/** A project. */
export const Project = builder.objectRef<Row<'Project'>>('Project');

/** An invitation to a project. */
export const ProjectInvitation = builder.objectRef<Row<'ProjectInvitation'>>('ProjectInvitation').implement({
  description: 'An account is asked to take part in a project. Gone once it answered.',
  interfaces: [Node],
  fields: (t) => ({
    projectId: t.exposeID('projectId', { description: 'The project.' }),
    projectName: t.string({
      nullable: true,
      description: 'Name of the project: those who are invited do not see it yet.',
      resolve: async ({ id }, _args, { load }) =>
        (await load.partsOf('invitations', id, invitationNamesOf))?.projectName ?? null,
    }),
    project: t.field({
      type: Project,
      nullable: true,
      description: 'The project itself; null to those who do not take part in it.',
      resolve: ({ projectId }, _args, { load }) => load.find('Project', projectId),
    }),
    accountId: t.exposeID('accountId', { description: 'The account that is invited.' }),
    accountName: t.string({
      nullable: true,
      description: 'Its name.',
      resolve: async ({ id }, _args, { load }) =>
        (await load.partsOf('invitations', id, invitationNamesOf))?.accountName ?? null,
    }),
    role: t.field({ type: ProjectRole, description: 'What it is to be.', resolve: ({ role }) => role }),
    invitedBy: t.exposeString('invitedBy', { description: 'Who invited it.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when it can be accepted.' }),
    isExpired: t.boolean({
      description: 'Whether it is too late to accept it.',
      resolve: ({ expiresAt }, _args, { platform }) => expiresAt <= platform.clock.now(),
    }),
  }),
});

Project.implement({
  description: 'Resources that several accounts share. They belong to the account of the project.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique in its domain.' }),
    displayText: t.exposeString('displayText', { description: 'What it is for, in a few words.' }),
    state: t.field({
      type: ProjectState,
      description: 'What is going on with it.',
      resolve: ({ state }) => state,
    }),
    accountId: t.exposeID('accountId', {
      description: 'Its account: give it as `accountId` to make things in the project, and to list them.',
    }),
    account: t.field({
      type: Account,
      nullable: true,
      description: 'Its account, which owns its resources and bears its limits.',
      resolve: ({ accountId }, _args, { load }) => load.find('Account', accountId),
    }),
    members: t.field({
      type: [ProjectMember],
      description: 'The accounts that take part, oldest first.',
      resolve: async ({ id }, _args, { load }) => (await load.partsOf('projectMembers', id, membersOf)) ?? [],
    }),
    invitations: t.field({
      type: [ProjectInvitation],
      description: 'Invitations that were not answered yet; none to those who do not run the project.',
      resolve: async ({ id }, _args, { load, actor }) =>
        (await load.partsOf('projectInvitations', id, openInvitationsOf(actor))) ?? [],
    }),
    viewerRole: t.field({
      type: ProjectRole,
      nullable: true,
      description: 'Your role in it; null for administrators who do not take part.',
      resolve: ({ accountId }, _args, { actor }) => actor.projects.get(accountId) ?? null,
    }),
    counts: t.field({
      type: ProjectCountsRef,
      description: 'How much there is in it.',
      resolve: async ({ accountId }, _args, { load }) =>
        (await load.partsOf('projectCounts', accountId, countsOf)) ?? noCounts,
    }),
    availableActions: t.field({
      type: [AvailableProjectActionRef],
      description: 'What you may do to it now, and why not the rest.',
      resolve: async (project, _args, { load, actor }) =>
        availableProjectActions(
          actor,
          project,
          (await load.partsOf('managedProjects', project.id, managedBy(actor))) ?? false,
        ),
    }),
    version: t.exposeInt('version', { description: 'Grows with every change, of its members too.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
  }),
});

const noCounts: ProjectCounts = { virtualMachines: 0, runningVirtualMachines: 0, volumes: 0, images: 0 };

const ProjectFilter = builder.inputType('ProjectFilter', {
  description: 'Which projects.',
  fields: (t) => ({
    role: t.field({
      type: [ProjectRole],
      required: false,
      description: 'Those that your account takes part in, as one of these.',
    }),
    state: t.field({ type: [ProjectState], required: false, description: 'In one of these states.' }),
  }),
});

addListField({
  field: 'projects',
  type: 'Project',
  plural: 'projects',
  node: Project,
  table: 'Project',
  permission: 'project.list',
  searched: ['name', 'displayText'],
  orders: { NAME: { column: 'name', description: 'By name.' } },
  filter: {
    input: ProjectFilter,
    where: ({ role, state }, actor) => [
      ...(role == null
        ? []
        : [
            sql<boolean>`exists (select 1 from "ProjectMember" m where m."projectId" = "Project"."id"
              and m."accountId" = ${actor.accountId} and m."role"::text = any(${role}::text[]))`,
          ]),
      ...(state == null ? [] : [sql<boolean>`"state"::text = any(${state}::text[])`]),
    ],
  },
});

builder.queryField('project', (t) =>
  t.field({
    type: Project,
    nullable: true,
    permission: 'project.list',
    description: 'One project; null when there is none or you may not see it.',
    args: { id: t.arg.id({ description: 'Its id.' }) },
    resolve: (_parent, { id }, { load }) => load.find('Project', idArgument('Project', 'id', id)),
  }),
);

const ProjectInvitationFilter = builder.inputType('ProjectInvitationFilter', {
  description: 'Which invitations.',
  fields: (t) => ({
    projectId: t.id({ required: false, description: 'To this project.' }),
    isForMe: t.boolean({
      required: false,
      description: 'Those that your account can answer, or with false all others.',
    }),
  }),
});

addListField({
  field: 'projectInvitations',
  type: 'ProjectInvitation',
  plural: 'invitations to projects',
  node: ProjectInvitation,
  table: 'ProjectInvitation',
  permission: 'projectInvitation.list',
  searched: ['invitedBy'],
  filter: {
    input: ProjectInvitationFilter,
    where: ({ projectId, isForMe }, actor) => [
      ...(projectId == null ? [] : [sql<boolean>`"projectId" = ${projectId}`]),
      ...(isForMe == null ? [] : [sql<boolean>`("accountId" = ${actor.accountId}) = ${isForMe}`]),
    ],
  },
});
