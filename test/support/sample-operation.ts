import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  type GraphQLField,
  type GraphQLInputType,
} from 'graphql';

/** Valid values of the scalars that need a certain shape. */
const scalarSamples: Record<string, unknown> = {
  Int: 1,
  Float: 1,
  Boolean: true,
  String: 'sample-1',
  Bytes: 1_073_741_824,
  DateTime: '2026-01-31T08:00:00Z',
  IpAddress: '10.9.0.1',
  Cidr: '10.9.0.0/24',
  MacAddress: '02:00:5e:10:00:01',
  Cursor: 'bm90aGluZw',
  Decimal: '1.5',
};

/** The id to give for an argument or field: by its place, as `startVirtualMachine.input.id`. */
export type IdAt = (place: string) => string;

/** A certain value for a place; `undefined` leaves it to be any that fits, or left out where nothing is required. */
export type ValueAt = (place: string) => unknown;

const anyValue: ValueAt = () => undefined;

/** A value of an input type that GraphQL takes, with what is required or asked for and nothing more. */
export function sampleOf(type: GraphQLInputType, place: string, idAt: IdAt, valueAt = anyValue): unknown {
  const given = valueAt(place);
  if (given !== undefined) return given;
  if (isNonNullType(type)) return sampleOf(type.ofType, place, idAt, valueAt);
  if (isListType(type)) return [sampleOf(type.ofType, place, idAt, valueAt)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const needed = neededOf(Object.values(type.getFields()), place, valueAt);
    return Object.fromEntries(
      needed.map((field) => [field.name, sampleOf(field.type, `${place}.${field.name}`, idAt, valueAt)]),
    );
  }
  if (place.endsWith('.url')) return 'https://images.example.org/disk';
  return type.name === 'ID' ? idAt(place) : scalarSamples[type.name];
}

function neededOf<Field extends { name: string; type: GraphQLInputType; defaultValue?: unknown }>(
  fields: readonly Field[],
  place: string,
  valueAt: ValueAt,
): Field[] {
  return fields.filter(
    ({ name, type, defaultValue }) =>
      (isNonNullType(type) && defaultValue === undefined) || valueAt(`${place}.${name}`) !== undefined,
  );
}

export interface SampleOperation {
  document: string;
  variables: Record<string, unknown>;
}

/** An operation that asks one root field for the least it can give. */
export function sampleOperation(
  kind: 'query' | 'mutation' | 'subscription',
  field: GraphQLField<unknown, unknown>,
  idAt: IdAt,
  valueAt = anyValue,
): SampleOperation {
  const needed = neededOf(field.args, field.name, valueAt);
  const declared = needed.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const passed = needed.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const variables = Object.fromEntries(
    needed.map((arg) => [arg.name, sampleOf(arg.type, `${field.name}.${arg.name}`, idAt, valueAt)]),
  );
  const selection = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }';
  return {
    document: `${kind}${declared && `(${declared})`} { ${field.name}${passed && `(${passed})`}${selection} }`,
    variables,
  };
}
