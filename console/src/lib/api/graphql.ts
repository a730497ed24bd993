import { initGraphQLTada } from 'gql.tada';
import type { introspection } from '../generated/schema.d.ts';
import type { Bytes } from '../i18n/format.ts';

export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: {
    Bytes: Bytes;
    Cidr: string;
    Cursor: string;
    DateTime: string;
    Decimal: string;
    IpAddress: string;
    MacAddress: string;
  };
}>();

export type { FragmentOf, ResultOf, VariablesOf } from 'gql.tada';
