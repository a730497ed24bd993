import type { Id } from '@nephos/model/kernel/ids.ts';
import { builder } from '../../graphql/builder.ts';
import { connectionOf, decodeCursor, encodeCursor, sizeOf, type Page } from '../../graphql/connection.ts';
import { Host } from '../../infrastructure/host/schema.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Reason } from './conditions.ts';
import { readVerdicts } from './host-verdicts.ts';
import type { PlacementPlan } from './plan-service.ts';
import { PlacementReason } from './reason-schema.ts';
import { sentenceFor } from './sentences.ts';

const Refusal = builder.objectRef<{ reason: Reason; hosts: number }>('PlacementRefusal').implement({
  description: 'One reason, and how many hosts it rules out. A host may have several.',
  fields: (t) => ({
    reason: t.field({ type: PlacementReason, description: 'The reason.', resolve: ({ reason }) => reason }),
    hostCount: t.exposeInt('hosts', { description: 'How many hosts it rules out.' }),
  }),
});

const HostRefusal = builder.objectRef<{ reason: Reason; message: string }>('HostRefusal').implement({
  description: 'One reason against a host.',
  fields: (t) => ({
    reason: t.field({ type: PlacementReason, description: 'The reason.', resolve: ({ reason }) => reason }),
    message: t.exposeString('message', {
      description: 'A sentence with what is asked for and what is there.',
    }),
  }),
});

interface ShownVerdict {
  id: Id<'Host'>;
  name: string;
  reasons: { reason: Reason; message: string }[];
}

const HostVerdict = builder.objectRef<ShownVerdict>('HostVerdict').implement({
  description: 'Whether a host takes a machine, and why not.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the host.' }),
    host: t.field({
      type: Host,
      description: 'The host.',
      resolve: ({ id }, _args, { load }) => load.get('Host', id),
    }),
    fits: t.boolean({
      description: 'Whether it takes the machine.',
      resolve: ({ reasons }) => reasons.length === 0,
    }),
    reasons: t.field({
      type: [HostRefusal],
      description: 'All that stands in the way.',
      resolve: ({ reasons }) => reasons,
    }),
  }),
});

const HostVerdictConnection = connectionOf('HostVerdict', HostVerdict);

/** Where a machine would go now, and what stands in its way. */
export const PlacementVerdict = builder.objectRef<PlacementPlan>('PlacementVerdict').implement({
  description: 'Where a machine would go now, and what stands in its way. Nothing is reserved.',
  fields: (t) => ({
    fits: t.boolean({
      description: 'Whether a host takes it.',
      resolve: ({ fitting }) => fitting > 0,
    }),
    hostCount: t.exposeInt('hosts', { description: 'Hosts of the zone.' }),
    fittingHostCount: t.exposeInt('fitting', { description: 'Hosts that take it.' }),
    refusals: t.field({
      type: [Refusal],
      description: 'How many hosts each reason rules out.',
      resolve: ({ ruledOut }) =>
        (Object.entries(ruledOut) as [Reason, number][]).map(([reason, hosts]) => ({ reason, hosts })),
    }),
    chosenHost: t.field({
      type: Host,
      nullable: true,
      description: 'The host that would be chosen; null when none fits, and for tenants.',
      resolve: ({ chosenHostId, isForOperator }, _args, { load }) =>
        chosenHostId === null || !isForOperator ? null : load.find('Host', chosenHostId),
    }),
    hosts: t.field({
      type: HostVerdictConnection,
      nullable: true,
      description: 'Host by host, oldest first; null for tenants.',
      args: {
        first: t.arg.int({ required: false, description: 'Length of the page: 1 to 500; 50 when left out.' }),
        after: t.arg({ type: 'Cursor', required: false, description: 'Begin after this cursor.' }),
      },
      resolve: (plan, args, { platform }) => (plan.isForOperator ? verdictPage(platform, plan, args) : null),
    }),
    warnings: t.exposeStringList('warnings', { description: 'What is passed over all the same.' }),
  }),
});

async function verdictPage(
  { db }: Pick<Platform, 'db'>,
  { question, hosts }: PlacementPlan,
  args: { first?: number | null | undefined; after?: string | null | undefined },
): Promise<Page<ShownVerdict>> {
  const { size } = sizeOf(args);
  const after = args.after == null ? null : decodeCursor('after', args.after)[1];
  const verdicts = await readVerdicts(db, question, { size: size + 1, after });
  const shown = verdicts.slice(0, size).map(({ facts, reasons }) => ({
    id: facts.hostId,
    name: facts.hostName,
    reasons: reasons.map((reason) => ({ reason, message: sentenceFor(reason, facts, question) })),
  }));
  return {
    edges: shown.map((node) => ({ cursor: encodeCursor([null, node.id]), node })),
    hasNextPage: verdicts.length > size,
    hasPreviousPage: after !== null,
    count: () => Promise.resolve({ count: hosts, isEstimate: false }),
  };
}
