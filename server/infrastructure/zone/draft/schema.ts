import type { Row } from '@nephos/model/database.ts';
import type { ZoneDraftState as States } from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';
import { Job } from '../../../activity/job-schema.ts';
import { builder, Node } from '../../../graphql/builder.ts';
import { addListField } from '../../../graphql/list-field.ts';
import type { Violation } from '../../../platform/errors.ts';
import { Zone } from '../schema.ts';
import { ZoneDraftPlan } from './plan-schema.ts';

const ZoneDraftState = builder.enumType('ZoneDraftState', {
  description: 'How far a drafted zone is.',
  values: {
    DRAFT: { description: 'Is being filled in.' },
    LAUNCHING: { description: 'A job makes the zone.' },
    FAILED: {
      description:
        'The last launch stopped at a step; what was made before is there, and can be gone on with.',
    },
    LAUNCHED: { description: 'The zone is there, and open.' },
    DISCARDING: { description: 'A job removes what was made.' },
    DISCARD_FAILED: { description: 'The removal stopped at a step; it can be tried again.' },
  } satisfies Record<keyof typeof States, { description: string }>,
});

export const ZoneDraftStep = builder.enumType('ZoneDraftStep', {
  description: 'A page of the wizard.',
  values: {
    ZONE: { description: 'The zone itself.' },
    NETWORK: { description: 'Physical networks.' },
    POD: { description: 'Pod and addresses.' },
    GUESTS: { description: 'Addresses for guests.' },
    CLUSTER: { description: 'Cluster.' },
    HOSTS: { description: 'Hosts.' },
    STORAGE: { description: 'Primary and secondary storage.' },
    REVIEW: { description: 'All of it once more.' },
  },
});

const ZoneDraftProblem = builder.objectRef<Violation>('ZoneDraftProblem').implement({
  description: 'Something that stands in the way of launching a draft.',
  fields: (t) => ({
    path: t.exposeString('path', { description: 'Where in the plan: `pod.gateway`, `hosts.0.ssh.address`.' }),
    value: t.string({
      nullable: true,
      description: 'What stands there, as JSON; null where that says nothing.',
      resolve: ({ value }) => (value == null ? null : JSON.stringify(value)),
    }),
    rule: t.exposeString('rule', { description: 'What it must be, as a sentence.' }),
  }),
});

/** A zone that is being planned, or made. */
export const ZoneDraft = builder.objectRef<Row<'ZoneDraft'>>('ZoneDraft').implement({
  description: 'A zone that is being planned, or made.',
  interfaces: [Node],
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name that the zone is to have; may be empty or taken.' }),
    state: t.field({ type: ZoneDraftState, description: 'How far it is.', resolve: ({ state }) => state }),
    step: t.field({
      type: ZoneDraftStep,
      description: 'Where whoever worked on it was last.',
      resolve: ({ step }) => step as never,
    }),
    plan: t.field({
      type: ZoneDraftPlan,
      description: 'What was typed.',
      resolve: (draft, _args, { services }) => services.zoneDrafts.planOf(draft),
    }),
    problems: t.field({
      type: [ZoneDraftProblem],
      description: 'Everything that stands in the way of launching it, by the rules that hold for zones.',
      resolve: (draft, _args, { services }) => services.zoneDrafts.problemsOf(draft),
    }),
    done: t.exposeStringList('done', {
      description:
        'Steps of the launch that are done, as jobs name them; what they made can no longer be changed.',
    }),
    zone: t.field({
      type: Zone,
      nullable: true,
      description: 'The zone, once it is there.',
      resolve: ({ ids }, _args, { load }) => (ids === null ? null : load.find('Zone', ids.zoneId)),
    }),
    job: t.field({
      type: Job,
      nullable: true,
      description: 'The last job that launched or discarded it.',
      resolve: ({ jobId }, _args, { load }) => (jobId === null ? null : load.find('Job', jobId)),
    }),
    installations: t.field({
      type: [Job],
      description: 'The last jobs that installed agents on its hosts; their targets are the hosts’ ids.',
      resolve: async (draft, _args, { load, services }) => {
        const jobs = await services.zoneDrafts.installationsOf(draft);
        const found = await Promise.all(jobs.map((id) => load.find('Job', id)));
        return found.filter((job) => job !== null);
      },
    }),
    createdBy: t.exposeString('createdBy', { description: 'User name of whoever began it.' }),
    updatedBy: t.exposeString('updatedBy', { description: 'User name of whoever changed it last.' }),
    version: t.exposeInt('version', { description: 'Grows with every change.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was begun.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it was changed last.' }),
  }),
});

const ZoneDraftFilter = builder.inputType('ZoneDraftFilter', {
  description: 'Which drafts.',
  fields: (t) => ({
    state: t.field({ type: [ZoneDraftState], required: false, description: 'In one of these states.' }),
  }),
});

addListField({
  field: 'zoneDrafts',
  type: 'ZoneDraft',
  plural: 'zone drafts',
  node: ZoneDraft,
  table: 'ZoneDraft',
  permission: 'zoneDraft.list',
  searched: ['name'],
  filter: {
    input: ZoneDraftFilter,
    where: ({ state }) => (state == null ? [] : [sql<boolean>`"state"::text = any(${state}::text[])`]),
  },
});
