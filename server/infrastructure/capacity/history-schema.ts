import type { Row } from '@nephos/model/database.ts';
import { builder } from '../../graphql/builder.ts';
import type { CapacityHistory as History } from './capacity-service.ts';
import { CapacityForecast, CapacityResource } from './forecast-schema.ts';

const CapacityPoint = builder.objectRef<Row<'CapacitySample'>>('CapacityPoint').implement({
  description: 'How full something was at the beginning of an hour.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When.' }),
    amount: t.float({
      description: 'What was promised or used, in the resource’s unit.',
      resolve: ({ amount }) => Number(amount),
    }),
    total: t.float({
      description: 'What there was, over-provisioning included.',
      resolve: ({ total }) => Number(total),
    }),
  }),
});

const CapacityHistory = builder.objectRef<History>('CapacityHistory').implement({
  description: 'How something filled up, and where that leads.',
  fields: (t) => ({
    resource: t.field({
      type: CapacityResource,
      description: 'What fills up.',
      resolve: (each) => each.resource,
    }),
    points: t.field({
      type: [CapacityPoint],
      description: 'Oldest first: hours of the last 35 days, and of each day before one. At most 1500.',
      resolve: ({ points }) => points,
    }),
    forecast: t.field({
      type: CapacityForecast,
      nullable: true,
      description: 'When it is full; null where there is no such thing: addresses of a cluster.',
      resolve: ({ forecast }) => forecast,
    }),
  }),
});

builder.queryField('capacityHistory', (t) =>
  t.field({
    type: CapacityHistory,
    permission: 'capacity.list',
    description:
      'How one thing filled up in the course of time. Hosts have statistics instead. Errors: NOT_FOUND, VALIDATION_FAILED.',
    args: {
      scopeId: t.arg.id({
        required: false,
        description: 'A zone, pod or cluster; the whole cloud when left out.',
      }),
      resource: t.arg({ type: CapacityResource, description: 'What fills up.' }),
      days: t.arg.int({ defaultValue: 30, description: 'So many days back: 1 to 366.' }),
    },
    resolve: (_parent, { scopeId, resource, days }, { services, actor }) =>
      services.capacities.history(actor, { scopeId: scopeId ?? null, resource, days }),
  }),
);
