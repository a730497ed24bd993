import { builder } from '../graphql/builder.ts';
import { idArgument } from '../graphql/id-argument.ts';
import { Host } from '../infrastructure/host/schema.ts';
import type { Point } from './measures.ts';
import { atField, bytesField, numberField } from './point-fields.ts';
import { addSeriesField } from './series-schema.ts';

const HostPoint = builder.objectRef<Point<'Host'>>('HostStatisticsPoint').implement({
  description: 'What a host did. What cannot be said, since it had just been booted for instance, is null.',
  fields: (t) => ({
    at: atField(t),
    cpuPercent: numberField(t, 'Use of all its processors together, 0 to 100.', (point) => point.cpuPercent),
    memoryUsed: bytesField(t, 'Memory in use, without caches.', (point) => point.memoryUsed),
    memoryTotal: bytesField(t, 'All its memory.', (point) => point.memoryTotal),
    load: numberField(
      t,
      'Processes that run or wait to run, on average over a minute.',
      (point) => point.load,
    ),
    networkReceivedBytesPerSecond: numberField(
      t,
      'Received over the links that lead out of it.',
      (point) => point.networkReceivedBytes,
    ),
    networkSentBytesPerSecond: numberField(
      t,
      'Sent over the links that lead out of it.',
      (point) => point.networkSentBytes,
    ),
  }),
});

addSeriesField({
  kind: 'Host',
  field: 'hostStatistics',
  thing: 'host',
  permission: 'host.statistics',
  point: HostPoint,
});

builder.objectField(Host, 'newestStatistics', (t) =>
  t.field({
    type: HostPoint,
    nullable: true,
    description:
      'What it did lately, by its newest sample; null while it is away, and for those who may not see statistics.',
    resolve: async ({ id }, _args, { load, services, actor }) => {
      if (!actor.rights.has('host.statistics')) return null;
      const newest = await load.partsOf('newestHostStatistics', id, (_db, ids) =>
        services.statistics.newest('Host', ids),
      );
      return newest ?? null;
    },
  }),
);

builder.subscriptionField('hostStatistics', (t) =>
  t.field({
    type: HostPoint,
    permission: 'host.statistics',
    description:
      'What a host does, read live. While it is away nothing comes. Errors: NOT_FOUND, VALIDATION_FAILED.',
    args: {
      id: t.arg.id({ description: 'The host.' }),
      intervalSeconds: t.arg.int({ defaultValue: 2, description: 'Seconds between two readings, 1 to 300.' }),
    },
    subscribe: (_parent, { id, intervalSeconds }, { services, actor, ending }) =>
      services.statistics.followHost(actor, idArgument('Host', 'id', id), intervalSeconds, ending),
    resolve: (point) => point,
  }),
);
