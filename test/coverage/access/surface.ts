import { buildApiSchema } from '@nephos/server/graphql/schema.ts';
import type { GraphQLField } from 'graphql';

export interface Operation {
  /** `mutation startVirtualMachine` */
  name: string;
  kind: 'query' | 'mutation' | 'subscription';
  field: GraphQLField<unknown, unknown>;
}

export const schema = buildApiSchema();

/** Every root field that there is. */
export const surface: readonly Operation[] = (
  [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ] as const
).flatMap(([kind, type]) =>
  Object.values(type?.getFields() ?? {}).map((field) => ({ name: `${kind} ${field.name}`, kind, field })),
);

/** Operations to be tried: all, or those that `ACCESS_ONLY` names, separated by commas. */
const { ACCESS_ONLY = '' } = process.env;
const wanted = ACCESS_ONLY.split(',').filter((name) => name !== '');

export function isWanted(name: string): boolean {
  return wanted.length === 0 || wanted.includes(name);
}
