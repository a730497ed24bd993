import { parseId } from '@nephos/model/kernel/ids.ts';
import { jobField } from '../../activity/job-schema.ts';
import { builder } from '../../graphql/builder.ts';
import { idArgument } from '../../graphql/id-argument.ts';
import { idempotencyKeyField } from '../../graphql/idempotency-key-field.ts';
import type { ProjectPlan } from './project-service.ts';
import { Project } from './schema.ts';

const expectedVersion = 'Refuse with VERSION_CONFLICT if it was changed since this version.';

/** What mutations of a project answer that are done at once. */
export const ProjectPayload = builder.objectRef<{ projectId: string }>('ProjectPayload').implement({
  description: 'The project that was made or changed.',
  fields: (t) => ({
    project: t.field({
      type: Project,
      description: 'The project as it is now.',
      resolve: ({ projectId }, _args, { load }) => load.get('Project', parseId('Project', projectId)),
    }),
  }),
});

const ProjectJobPayload = builder
  .objectRef<{ projectId: string; jobId: string }>('ProjectJobPayload')
  .implement({
    description: 'The project in its new state, and the job that works on it.',
    fields: (t) => ({
      project: t.field({
        type: Project,
        nullable: true,
        description: 'The project; null when you no longer see it.',
        resolve: ({ projectId }, _args, { load }) => load.find('Project', parseId('Project', projectId)),
      }),
      job: jobField(t),
    }),
  });

const CreateProjectInput = builder.inputType('CreateProjectInput', {
  description: 'A new project.',
  fields: (t) => ({
    name: t.string({ description: 'Its name, unique in your domain.' }),
    displayText: t.string({
      required: false,
      description: 'What it is for, in a few words; its name when left out.',
    }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('createProject', (t) =>
  t.field({
    type: ProjectPayload,
    permission: 'project.create',
    description:
      'Makes a project in your domain, with your account as its first admin. Errors: VALIDATION_FAILED, RESOURCE_LIMIT_EXCEEDED, IDEMPOTENCY_CONFLICT.',
    args: { input: t.arg({ type: CreateProjectInput, description: 'The project.' }) },
    resolve: (_parent, { input }, { services, actor }) => services.projects.create(actor, input),
  }),
);

const UpdateProjectInput = builder.inputType('UpdateProjectInput', {
  description: 'Which project, and what is to change.',
  fields: (t) => ({
    id: t.id({ description: 'The project.' }),
    name: t.string({ required: false, description: 'Its new name.' }),
    displayText: t.string({ required: false, description: 'What it is for now.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
  }),
});

builder.mutationField('updateProject', (t) =>
  t.field({
    type: ProjectPayload,
    permission: 'project.update',
    description:
      'Changes a project’s name or text. Errors: NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: UpdateProjectInput, description: 'Which project, and the change.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.projects.update(actor, { ...input, id: idArgument('Project', 'input.id', input.id) }),
  }),
);

const ProjectInput = builder.inputType('ProjectInput', {
  description: 'Which project.',
  fields: (t) => ({
    id: t.id({ description: 'The project.' }),
    expectedVersion: t.int({ required: false, description: expectedVersion }),
    idempotencyKey: idempotencyKeyField(t),
  }),
});

builder.mutationField('suspendProject', (t) =>
  t.field({
    type: ProjectJobPayload,
    permission: 'project.suspend',
    description:
      'Stops a project’s machines, and lets nothing be made or started in it. Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: ProjectInput, description: 'Which project.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.projects.suspend(actor, { ...input, id: idArgument('Project', 'input.id', input.id) }),
  }),
);

builder.mutationField('activateProject', (t) =>
  t.field({
    type: ProjectPayload,
    permission: 'project.activate',
    description:
      'Opens a suspended project again; its machines stay off until they are started. Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: ProjectInput, description: 'Which project.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.projects.activate(actor, { ...input, id: idArgument('Project', 'input.id', input.id) }),
  }),
);

const PlanDeleteProjectPayload = builder.objectRef<ProjectPlan>('PlanDeleteProjectPayload').implement({
  description: 'What would be removed together with a project.',
  fields: (t) => ({
    project: t.field({
      type: Project,
      description: 'The project.',
      resolve: ({ projectId }, _args, { load }) => load.get('Project', projectId),
    }),
    virtualMachines: t.exposeInt('virtualMachines', { description: 'Machines.' }),
    volumes: t.exposeInt('volumes', { description: 'Disks.' }),
    images: t.exposeInt('images', { description: 'Templates and ISOs.' }),
    members: t.exposeInt('members', { description: 'Accounts that take part.' }),
  }),
});

builder.queryField('planDeleteProject', (t) =>
  t.field({
    type: PlanDeleteProjectPayload,
    permission: 'project.delete',
    description:
      'What deleteProject would remove; nothing is changed. Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE.',
    args: { input: t.arg({ type: ProjectInput, description: 'Which project.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.projects.planDelete(actor, { ...input, id: idArgument('Project', 'input.id', input.id) }),
  }),
);

builder.mutationField('deleteProject', (t) =>
  t.field({
    type: ProjectJobPayload,
    permission: 'project.delete',
    description:
      'Removes a project and all it owns. From now on its members no longer see it. Errors: NOT_FOUND, FORBIDDEN, INVALID_STATE, VERSION_CONFLICT.',
    args: { input: t.arg({ type: ProjectInput, description: 'Which project.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.projects.delete(actor, { ...input, id: idArgument('Project', 'input.id', input.id) }),
  }),
);
