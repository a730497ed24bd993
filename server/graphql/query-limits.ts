import {
  getNamedType,
  isCompositeType,
  isListType,
  getNullableType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { PlatformError } from '../platform/errors.ts';

/** How much one request may ask for. The console's largest query stays below a fifth of each. */
export const queryLimits = {
  /** Words and signs of the document, counted while it is read. */
  tokens: 5000,
  /** Fields within fields. */
  depth: 16,
  /** Fields under another name, which let one request ask the same many times. */
  aliases: 50,
  /** Fields of `Query` or `Mutation`. */
  rootFields: 30,
  /** Values that the answer may hold: each field counts once for each item of the lists around it. */
  cost: 100_000,
} as const;

/** What lists without `first` or `last` are taken to hold. */
const presumedItems = { connection: 50, list: 5 };

/** Lists that are long without a `first`, and how long they may be. */
const longLists: Readonly<Record<string, number>> = {
  'VirtualMachineStatistics.points': 1500,
  'HostStatistics.points': 1500,
  'StoragePoolStatistics.points': 1500,
  'CapacityHistory.points': 1500,
};

export interface MeasuredOperation {
  schema: GraphQLSchema;
  document: DocumentNode;
  operationName?: string | null | undefined;
  variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * @param operation of a document that is valid for its schema, so without cycles of fragments
 * @throws PlatformError QUERY_TOO_COMPLEX, with the limit and what was asked for
 */
export function assertWithinLimits({ schema, document, operationName, variables }: MeasuredOperation): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  let operation: OperationDefinitionNode | undefined;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    if (operation === undefined || definition.name?.value === operationName) operation = definition;
  }
  const rootType = operation && schema.getRootType(operation.operation);
  if (operation === undefined || !rootType) return;
  let aliases = 0;
  let cost = 0;

  const visitSet = (
    set: SelectionSetNode,
    type: GraphQLCompositeType,
    depth: number,
    times: number,
    within: number,
  ): void => {
    if (depth > queryLimits.depth) throw tooComplex('depth', depth);
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        visitField(selection, type, depth, times, within);
        continue;
      }
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      const condition = fragment?.typeCondition?.name.value;
      const inner = condition === undefined ? type : schema.getType(condition);
      if (fragment && isCompositeType(inner)) visitSet(fragment.selectionSet, inner, depth, times, within);
    }
  };

  const visitField = (
    field: FieldNode,
    parent: GraphQLCompositeType,
    depth: number,
    times: number,
    within: number,
  ): void => {
    if (field.alias && ++aliases > queryLimits.aliases) throw tooComplex('aliases', aliases);
    cost += times;
    if (cost > queryLimits.cost) throw tooComplex('cost', cost);
    const definition = fieldOf(parent, field.name.value);
    if (definition === undefined || !field.selectionSet) return;
    const inner = getNamedType(definition.type);
    if (!isCompositeType(inner)) return;
    const asked = pageOf(field, variables ?? {});
    const isConnection = inner.name.endsWith('Connection');
    if (isConnection) {
      visitSet(field.selectionSet, inner, depth + 1, times, asked ?? presumedItems.connection);
      return;
    }
    const isList = isListType(getNullableType(definition.type));
    const items = isList
      ? parent.name.endsWith('Connection')
        ? within
        : (asked ?? longLists[`${parent.name}.${field.name.value}`] ?? presumedItems.list)
      : 1;
    visitSet(field.selectionSet, inner, depth + 1, times * items, within);
  };

  const rootFields = operation.selectionSet.selections.length;
  if (rootFields > queryLimits.rootFields) throw tooComplex('rootFields', rootFields);
  visitSet(operation.selectionSet, rootType, 1, 1, 1);
}

/** Whether a document looks into the schema, wherever in it. */
export function asksForSchema(document: DocumentNode): boolean {
  let isAsking = false;
  visit(document, {
    Field: ({ name }) => {
      isAsking ||= name.value === SchemaMetaFieldDef.name || name.value === TypeMetaFieldDef.name;
    },
  });
  return isAsking;
}

function fieldOf(parent: GraphQLCompositeType, name: string) {
  if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return 'getFields' in parent ? parent.getFields()[name] : undefined;
}

function pageOf(field: FieldNode, variables: Readonly<Record<string, unknown>>): number | undefined {
  for (const { name, value } of field.arguments ?? []) {
    if (name.value !== 'first' && name.value !== 'last') continue;
    const given = value.kind === Kind.VARIABLE ? variables[value.name.value] : undefined;
    const items = value.kind === Kind.INT ? Number(value.value) : given;
    if (typeof items === 'number') return Math.max(1, items);
  }
  return undefined;
}

function tooComplex(measure: keyof typeof queryLimits, asked: number): PlatformError {
  const limit = queryLimits[measure];
  return new PlatformError(
    'QUERY_TOO_COMPLEX',
    `the request asks for too much at once: its ${measure} is ${asked} or more, and ${limit} is the most`,
    {
      details: { measure, asked, limit },
      remedy: 'ask for fewer fields, smaller pages, or in several requests',
    },
  );
}
