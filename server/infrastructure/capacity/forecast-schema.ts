import type { CapacityResource as CapacityResources } from '@nephos/model/generated/enums.ts';
import { builder } from '../../graphql/builder.ts';
import type { CapacityForecast as Forecast } from './forecast.ts';
import { trendsOf } from './history/trend-store.ts';
import { forecastsOf } from './forecast.ts';
import { Capacity } from './schema.ts';
import type { OutlookKind } from './trend/outlook.ts';

export const CapacityResource = builder.enumType('CapacityResource', {
  description: 'What fills up.',
  values: {
    CPU: { description: 'Processors that are promised, in megahertz.' },
    MEMORY: { description: 'Memory that is promised, in bytes.' },
    STORAGE_PROMISED: { description: 'Primary storage that is promised, in bytes.' },
    STORAGE_USED: { description: 'Primary storage that is used, in bytes.' },
    SECONDARY_STORAGE: { description: 'Secondary storage that is used, in bytes; of zones and the cloud.' },
    GUEST_ADDRESSES: { description: 'Addresses that guests have; of pods, zones and the cloud.' },
  } satisfies Record<keyof typeof CapacityResources, { description: string }>,
});

const CapacityOutlook = builder.enumType('CapacityOutlook', {
  description: 'What becomes of something that fills up, if it goes on as it did.',
  values: {
    FULL: { description: 'Nothing is left.' },
    FILLING: { description: 'It grows, and is full at a moment that can be said.' },
    SLOW: { description: 'It grows, but is not full within three years.' },
    FLAT: { description: 'It grows by less than a hundredth of the total in 30 days.' },
    FALLING: { description: 'It becomes less.' },
    UNSTEADY: { description: 'It goes up and down too much for anything to be said.' },
    TOO_SHORT: { description: 'Less than two days were written down so far.' },
  } satisfies Record<OutlookKind, { description: string }>,
});

export const CapacityForecast = builder.objectRef<Forecast>('CapacityForecast').implement({
  description:
    'When something is full, if it goes on as it did in the last 30 days: the median of the slopes between all pairs of points. Worked out once an hour.',
  fields: (t) => ({
    resource: t.field({
      type: CapacityResource,
      description: 'What fills up.',
      resolve: (each) => each.resource,
    }),
    outlook: t.field({
      type: CapacityOutlook,
      description: 'What becomes of it.',
      resolve: ({ kind }) => kind,
    }),
    amount: t.exposeFloat('amount', { description: 'What is promised or used now, in the resource’s unit.' }),
    total: t.exposeFloat('total', { description: 'What there is now, over-provisioning included.' }),
    thresholdPercent: t.exposeFloat('thresholdPercent', {
      description:
        'Percent of the total above which nothing more is put there or, of promised storage, secondary storage and addresses, operators are told.',
    }),
    perDay: t.exposeFloat('perDay', {
      nullable: true,
      description: 'By how much it grows in a day; null where that cannot be said.',
    }),
    since: t.expose('since', {
      type: 'DateTime',
      nullable: true,
      description: 'The first moment that counted; null when nothing was written down yet.',
    }),
    thresholdAt: t.expose('thresholdAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'When it reaches the threshold: now when it has; null when it will not, or nobody can say.',
    }),
    daysUntilThreshold: t.exposeInt('daysUntilThreshold', {
      nullable: true,
      description: 'Whole days until then.',
    }),
    fullAt: t.expose('fullAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'When nothing is left: now when nothing is; null when that will not be, or nobody can say.',
    }),
    daysUntilFull: t.exposeInt('daysUntilFull', { nullable: true, description: 'Whole days until then.' }),
  }),
});

builder.objectField(Capacity, 'forecasts', (t) =>
  t.field({
    type: [CapacityForecast],
    description:
      'When each thing that fills up there is full. Of hosts nothing is written down: for them it is always TOO_SHORT.',
    resolve: async (row, _args, { load, platform }) =>
      forecastsOf(row, (await load.partsOf('capacityTrends', row.id ?? '', trendsOf)) ?? [], {
        settings: platform.settings,
        now: platform.clock.now(),
      }),
  }),
);
