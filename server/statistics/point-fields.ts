import type { SchemaTypes } from '../graphql/builder.ts';

type Fields<Shape> = PothosSchemaTypes.ObjectFieldBuilder<
  PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>,
  Shape
>;

/** When a point is of. */
export function atField<Shape extends { at: Date }>(t: Fields<Shape>) {
  return t.field({
    type: 'DateTime',
    description: 'When it was measured, or the beginning of the time that it is the average of.',
    resolve: ({ at }) => at,
  });
}

/** A number that may be missing. */
export function numberField<Shape>(
  t: Fields<Shape>,
  description: string,
  read: (point: Shape) => number | null,
) {
  return t.float({ nullable: true, description, resolve: read });
}

/** A size that may be missing. */
export function bytesField<Shape>(
  t: Fields<Shape>,
  description: string,
  read: (point: Shape) => number | null,
) {
  return t.field({
    type: 'Bytes',
    nullable: true,
    description,
    resolve: (point) => {
      const bytes = read(point);
      return bytes === null ? null : BigInt(Math.round(bytes));
    },
  });
}
