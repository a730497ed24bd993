import {
  getNamedType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
} from 'graphql';
import { kinds, type Kind } from './kinds.ts';
import { schema } from './surface.ts';

/** A field of an object that gives another thing, which somebody owns. */
export interface OwnedField {
  /** `VirtualMachine.volumes` */
  name: string;
  /** Kind of what it gives. */
  child: Kind;
  /** Ways to it, from things that have ids. None: only operations give the object that it is a field of. */
  ways: Way[];
}

export interface Way {
  parent: Kind;
  selection: string;
}

type Field = GraphQLField<unknown, unknown>;

const rootTypes = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]);
const objectTypes = Object.values(schema.getTypeMap()).filter(
  (type): type is GraphQLObjectType =>
    isObjectType(type) && !type.name.startsWith('__') && !rootTypes.has(type),
);

/** A type whose objects have ids is called like the kind of its ids. */
function kindOf(type: unknown): Kind | undefined {
  const isThing = isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node');
  return isThing && Object.hasOwn(kinds, type.name) ? (type.name as Kind) : undefined;
}

function fieldsOf(type: GraphQLObjectType): Field[] {
  return Object.values(type.getFields()).filter((field) =>
    field.args.every((arg) => !isNonNullType(arg.type) || arg.defaultValue !== undefined),
  );
}

/** Fields that lead from one type to another, with the kind of thing they begin at; one object may lie in between. */
function waysTo(type: GraphQLObjectType, inner: string): Way[] {
  const parent = kindOf(type);
  if (parent !== undefined) return [{ parent, selection: inner }];
  return objectTypes.flatMap((holder) => {
    const from = kindOf(holder);
    if (from === undefined) return [];
    return fieldsOf(holder)
      .filter((field) => getNamedType(field.type) === type)
      .map((field) => ({ parent: from, selection: `${field.name} { ${inner} }` }));
  });
}

/** Types that operations give, with what lies in them that has no id: covered with the operations. */
const givenByOperations = new Set<string>();
for (const type of rootTypes) noteGiven(type);

function noteGiven(type: unknown): void {
  if (!isObjectType(type) || kindOf(type) !== undefined || givenByOperations.has(type.name)) return;
  givenByOperations.add(type.name);
  for (const field of Object.values(type.getFields())) noteGiven(getNamedType(field.type));
}

/** Every field that gives something owned, as the schema says. */
export const ownedFields: readonly OwnedField[] = objectTypes.flatMap((type) =>
  fieldsOf(type).flatMap((field) => {
    const child = kindOf(getNamedType(field.type));
    if (child === undefined) return [];
    return [
      { name: `${type.name}.${field.name}`, child, ways: waysTo(type, `${field.name} { __typename id }`) },
    ];
  }),
);

/** Fields that there is no way to try: there must be none. */
export const strayFields = ownedFields.filter(
  ({ name, ways }) => ways.length === 0 && !givenByOperations.has(name.split('.')[0] ?? ''),
);

/** Ids of things of a kind anywhere in an answer. */
export function idsIn(answer: unknown, kind: Kind): string[] {
  if (Array.isArray(answer)) return answer.flatMap((item) => idsIn(item, kind));
  if (typeof answer !== 'object' || answer === null) return [];
  const { __typename, id } = answer as { __typename?: unknown; id?: unknown };
  const here = __typename === kind && typeof id === 'string' ? [id] : [];
  return [...here, ...Object.values(answer).flatMap((value) => idsIn(value, kind))];
}
