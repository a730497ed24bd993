import type { ObjectRef } from '@pothos/core';
import { builder, type SchemaTypes } from '../graphql/builder.ts';
import { idArgument } from '../graphql/id-argument.ts';
import type { Permission } from '../identity/access/permissions.ts';
import type { MeasuredKind, Point } from './measures.ts';
import type { Series } from './statistics-service.ts';

type Types = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;

const StatisticsResolution = builder.enumType('StatisticsResolution', {
  description: 'How far apart the points of a series are.',
  values: {
    AUTO: {
      description:
        'A minute for up to 25 hours of which minutes are kept; otherwise 15 minutes, or a multiple that makes 1500 points at most.',
    },
    MINUTE: { description: 'A minute; for up to 25 hours.' },
    QUARTER_HOUR: { description: '15 minutes; for up to 375 hours.' },
  },
});

export interface SeriesFieldOptions<Kind extends MeasuredKind> {
  kind: Kind;
  /** Name of the query field: `hostStatistics`. */
  field: string;
  /** For people: `host`. */
  thing: string;
  permission: Permission;
  point: ObjectRef<Types, Point<Kind>>;
}

/** The query for what was measured of a thing in the course of time. */
export function addSeriesField<Kind extends MeasuredKind>(options: SeriesFieldOptions<Kind>): void {
  const { kind, field, thing, permission, point } = options;
  const SeriesType = builder.objectRef<Series<Kind>>(`${kind}Statistics`).implement({
    description: `What was measured of a ${thing} in the course of time.`,
    fields: (t) => ({
      from: t.field({
        type: 'DateTime',
        description: 'Beginning of the range.',
        resolve: ({ from }) => from,
      }),
      to: t.field({ type: 'DateTime', description: 'End of the range.', resolve: ({ to }) => to }),
      stepSeconds: t.int({
        description: 'Seconds from one point to the next, where none is missing.',
        resolve: ({ stepSeconds }) => stepSeconds,
      }),
      points: t.field({
        type: [point],
        description: 'Oldest first, at most 1500. Where nothing was measured there is none.',
        resolve: ({ points }) => points,
      }),
    }),
  });
  builder.queryField(field, (t) =>
    t.field({
      type: SeriesType,
      permission,
      description: `What was measured of a ${thing}, as a series. Errors: NOT_FOUND, VALIDATION_FAILED.`,
      args: {
        id: t.arg.id({ description: `The ${thing}.` }),
        from: t.arg({
          type: 'DateTime',
          required: false,
          description: 'From this moment on; an hour before `to` when left out.',
        }),
        to: t.arg({
          type: 'DateTime',
          required: false,
          description: 'Until this moment; now when left out.',
        }),
        resolution: t.arg({
          type: StatisticsResolution,
          defaultValue: 'AUTO',
          description: 'How far apart the points are.',
        }),
      },
      resolve: (_parent, { id, ...range }, { services, actor }) =>
        services.statistics.series(actor, kind, idArgument<Kind>(kind, 'id', id), range),
    }),
  );
}
