import { findIdKind, type IdKind } from '@nephos/model/kernel/ids.ts';
import { getNamedType, isInterfaceType, isObjectType, type GraphQLNamedType } from 'graphql';

/** Selects the ids of things in an answer; what has no id of its own is looked into. */
export function idSelection(type: GraphQLNamedType, isOutermost = true): string {
  if (isInterfaceType(type)) return '{ id }';
  if (!isObjectType(type)) return '';
  const fields = type.getFields();
  const isThing = type.getInterfaces().some(({ name }) => name === 'Node');
  const parts = Object.values(fields)
    .filter((field) => !isThing && field.args.length === 0)
    .map((field) => [field.name, idSelection(getNamedType(field.type), false)] as const)
    .filter(([, selection]) => selection !== '')
    .map(([name, selection]) => `${name} ${selection}`);
  if (fields.id) parts.unshift('id');
  if (parts.length > 0) return `{ ${parts.join(' ')} }`;
  return isOutermost ? '{ __typename }' : '';
}

/** Every id anywhere in an answer. */
export function idsWithin(value: unknown): { kind: IdKind; id: string }[] {
  if (typeof value === 'string') {
    const kind = findIdKind(value);
    return kind === undefined ? [] : [{ kind, id: value }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(idsWithin);
}
