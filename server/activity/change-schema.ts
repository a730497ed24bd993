import type {
  ChangeOperation as ChangeOperations,
  HostLinkState as HostLinkStates,
} from '@nephos/model/generated/enums.ts';
import { VirtualMachine } from '../compute/virtual-machine/schema.ts';
import { builder, Node } from '../graphql/builder.ts';
import type { RequestContext } from '../graphql/context.ts';
import { idArgument, optionalId } from '../graphql/id-argument.ts';
import { findNode } from '../graphql/node-schema.ts';
import { getGuarded } from '../identity/access/guarded-loader.ts';
import { seesChange } from '../identity/access/visibility.ts';
import { Host, HostLinkState } from '../infrastructure/host/schema.ts';
import { formatCursor, parseCursor, type Change } from '../platform/change-feed/change.ts';
import { invalid } from '../platform/errors.ts';
import { followRows, type RowChange } from './follow.ts';
import { Job } from './job-schema.ts';

const ChangeOperation = builder.enumType('ChangeOperation', {
  description: 'What happened to a thing.',
  values: {
    CREATED: { description: 'It came into being.' },
    UPDATED: { description: 'It changed.' },
    DELETED: { description: 'It is gone.' },
  } satisfies Record<keyof typeof ChangeOperations, { description: string }>,
});

const ChangeRef = builder.objectRef<Change>('Change').implement({
  description: 'One entry of the change feed.',
  fields: (t) => ({
    cursor: t.field({
      type: 'Cursor',
      description: 'Its place in the feed.',
      resolve: ({ seq }) => formatCursor(seq),
    }),
    at: t.expose('at', {
      type: 'DateTime',
      description: 'When it was numbered: a moment after it was committed.',
    }),
    kind: t.exposeString('kind', { description: 'Kind of thing: `VirtualMachine`.' }),
    id: t.exposeID('resourceId', { description: 'Id of the thing.' }),
    operation: t.field({
      type: ChangeOperation,
      description: 'What happened to it.',
      resolve: ({ operation }) => operation,
    }),
    version: t.exposeInt('version', { description: 'Version of the thing that this change made.' }),
    node: t.field({
      type: Node,
      nullable: true,
      description: 'The thing as it is now, which may be newer than this change; null once it is gone.',
      resolve: ({ resourceId, operation }, _args, context) =>
        operation === 'DELETED' ? null : findNode(context, resourceId),
    }),
  }),
});

interface Batch {
  changes: Change[];
  cursor: bigint;
}

const ChangeBatch = builder.objectRef<Batch>('ChangeBatch').implement({
  description: 'Some entries of the change feed, in order.',
  fields: (t) => ({
    changes: t.field({
      type: [ChangeRef],
      description: 'The entries. None now and then, so that your cursor keeps up.',
      resolve: ({ changes }) => changes,
    }),
    cursor: t.field({
      type: 'Cursor',
      description: 'Go on after this one, should the connection end.',
      resolve: ({ cursor }) => formatCursor(cursor),
    }),
  }),
});

const ChangeFilter = builder.inputType('ChangeFilter', {
  description: 'Which changes.',
  fields: (t) => ({
    kinds: t.stringList({
      required: false,
      description: 'Of these kinds of thing: `VirtualMachine`, `Job`, …',
    }),
    ids: t.idList({ required: false, description: 'Of these things.' }),
  }),
});

builder.queryField('changeCursor', (t) =>
  t.field({
    type: 'Cursor',
    permission: 'change.follow',
    description:
      'The present end of the change feed. Take it, read your lists, then follow the feed from it: you miss nothing.',
    resolve: (_parent, _args, { platform }) => formatCursor(platform.feed.latest),
  }),
);

/** Every so often a batch is sent though it is empty: the cursor of a client with few changes must not grow old. */
const keepUpMs = 30_000;

async function* followChanges(
  { platform, actor, ending }: RequestContext,
  after: bigint | undefined,
  isWanted: (change: Change) => boolean,
): AsyncGenerator<Batch, void, undefined> {
  let sentAt = performance.now();
  for await (const batch of platform.feed.follow(after, ending)) {
    const changes = batch.filter((change) => isWanted(change) && seesChange(actor, change));
    const cursor = batch.at(-1)?.seq;
    if (cursor === undefined || (changes.length === 0 && performance.now() - sentAt < keepUpMs)) continue;
    sentAt = performance.now();
    yield { changes, cursor };
  }
}

builder.subscriptionField('changes', (t) =>
  t.field({
    type: ChangeBatch,
    permission: 'change.follow',
    description:
      'Everything that changes and that you may see, in order, from a cursor on: a client that was away misses nothing. Errors: CURSOR_EXPIRED when the feed no longer reaches back that far, VALIDATION_FAILED.',
    args: {
      after: t.arg({
        type: 'Cursor',
        required: false,
        description: 'Begin after this cursor; from now on when left out.',
      }),
      filter: t.arg({
        type: ChangeFilter,
        required: false,
        description: 'Only changes that match all of it.',
      }),
    },
    subscribe: (_parent, { after, filter }, context) => {
      const seq = after == null ? undefined : parseCursor(after);
      if (after != null && seq === undefined)
        throw invalid('after', after, 'must be a cursor of the change feed');
      const kinds = filter?.kinds == null ? undefined : new Set(filter.kinds);
      const ids = filter?.ids == null ? undefined : new Set(filter.ids);
      return followChanges(
        context,
        seq,
        ({ kind, resourceId }) => (kinds?.has(kind) ?? true) && (ids?.has(resourceId) ?? true),
      );
    },
    resolve: (batch) => batch,
  }),
);

builder.subscriptionField('jobUpdated', (t) =>
  t.field({
    type: Job,
    permission: 'job.list',
    description: 'One job: as it is now, and again whenever it changes, until it is over. Errors: NOT_FOUND.',
    args: { id: t.arg.id({ description: 'The job.' }) },
    subscribe: async (_parent, { id }, context) => {
      const jobId = idArgument('Job', 'id', id);
      const { platform, actor } = context;
      // Taken before the job is read, so that no change falls between the two.
      const since = platform.feed.latest;
      const changes = followRows(
        context,
        'Job',
        ({ kind, resourceId }) => kind === 'Job' && resourceId === jobId,
        since,
      );
      const first = await getGuarded(platform.db, actor, 'Job', jobId, 'job.list');
      return (async function* () {
        yield first;
        if (first.finishedAt !== null) return;
        for await (const { row } of changes) {
          if (row === null) return;
          yield row;
          if (row.finishedAt !== null) return;
        }
      })();
    },
    resolve: (job) => job,
  }),
);

builder.subscriptionField('jobs', (t) =>
  t.field({
    type: Job,
    permission: 'job.list',
    description: 'Every job that you may see, whenever it changes.',
    args: { targetId: t.arg.id({ required: false, description: 'Only jobs that work on this.' }) },
    subscribe: (_parent, { targetId }, context) =>
      (async function* () {
        for await (const { row } of followRows(context, 'Job', ({ kind }) => kind === 'Job')) {
          if (row !== null && (targetId == null || row.targetId === targetId)) yield row;
        }
      })(),
    resolve: (job) => job,
  }),
);

const VirtualMachineChange = builder
  .objectRef<RowChange<'VirtualMachine'>>('VirtualMachineChange')
  .implement({
    description: 'A machine changed.',
    fields: (t) => ({
      id: t.id({ description: 'The machine.', resolve: ({ change }) => change.resourceId }),
      operation: t.field({
        type: ChangeOperation,
        description: 'What happened to it.',
        resolve: ({ change }) => change.operation,
      }),
      cursor: t.field({
        type: 'Cursor',
        description: 'Its place in the change feed.',
        resolve: ({ change }) => formatCursor(change.seq),
      }),
      virtualMachine: t.field({
        type: VirtualMachine,
        nullable: true,
        description: 'The machine as it is now; null once it is gone.',
        resolve: ({ row }) => row,
      }),
    }),
  });

builder.subscriptionField('virtualMachineChanged', (t) =>
  t.field({
    type: VirtualMachineChange,
    permission: 'virtualMachine.list',
    description: 'One machine, or every machine that you may see, whenever it changes. Errors: NOT_FOUND.',
    args: { id: t.arg.id({ required: false, description: 'The machine; all when left out.' }) },
    subscribe: async (_parent, { id }, context) => {
      const machineId = optionalId('VirtualMachine', 'id', id);
      if (machineId !== null) {
        await getGuarded(
          context.platform.db,
          context.actor,
          'VirtualMachine',
          machineId,
          'virtualMachine.list',
        );
      }
      return followRows(
        context,
        'VirtualMachine',
        ({ kind, resourceId }) =>
          kind === 'VirtualMachine' && (machineId === null || resourceId === machineId),
      );
    },
    resolve: (change) => change,
  }),
);

const HostStateFilter = builder.inputType('HostStateFilter', {
  description: 'Which hosts.',
  fields: (t) => ({
    ids: t.idList({ required: false, description: 'These hosts.' }),
    linkState: t.field({
      type: [HostLinkState],
      required: false,
      description: 'Hosts that are now in one of these states.',
    }),
  }),
});

builder.subscriptionField('hostStateChanged', (t) =>
  t.field({
    type: Host,
    permission: 'host.list',
    description: 'Every host, whenever it changes.',
    args: {
      filter: t.arg({
        type: HostStateFilter,
        required: false,
        description: 'Only hosts that match all of it.',
      }),
    },
    subscribe: (_parent, { filter }, context) => {
      const ids = filter?.ids == null ? undefined : new Set(filter.ids);
      const states =
        filter?.linkState == null ? undefined : new Set<keyof typeof HostLinkStates>(filter.linkState);
      return (async function* () {
        const isWanted = ({ kind, resourceId }: Change) => kind === 'Host' && (ids?.has(resourceId) ?? true);
        for await (const { row } of followRows(context, 'Host', isWanted)) {
          if (row !== null && (states?.has(row.linkState) ?? true)) yield row;
        }
      })();
    },
    resolve: (host) => host,
  }),
);
