import { findIdKind } from '@nephos/model/kernel/ids.ts';
import SchemaBuilder from '@pothos/core';
import type { RequestContext } from './context.ts';
import { permissionPlugin } from './permission-plugin.ts';
import { Bytes, Cidr, Cursor, DateTime, Decimal, IpAddress, MacAddress } from './scalars.ts';

export interface SchemaTypes {
  Context: RequestContext;
  DefaultFieldNullability: false;
  DefaultInputFieldRequiredness: true;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    Bytes: { Input: bigint; Output: bigint };
    IpAddress: { Input: string; Output: string };
    Cidr: { Input: string; Output: string };
    MacAddress: { Input: string; Output: string };
    Cursor: { Input: string; Output: string };
    Decimal: { Input: string; Output: string };
  };
}

/** The one builder to which every feature's `schema.ts` adds its types and fields. */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [permissionPlugin],
  defaultFieldNullability: false,
  defaultInputFieldRequiredness: true,
});

builder.addScalarType('DateTime', DateTime);
builder.addScalarType('Bytes', Bytes);
builder.addScalarType('IpAddress', IpAddress);
builder.addScalarType('Cidr', Cidr);
builder.addScalarType('MacAddress', MacAddress);
builder.addScalarType('Cursor', Cursor);
builder.addScalarType('Decimal', Decimal);

builder.queryType({ description: 'Reading. Nothing here changes anything.' });
builder.mutationType({
  description:
    'Changing. Each takes one `input`. Those that take time answer at once with a job and the resource in its transitional state.',
});
builder.subscriptionType({
  description:
    'Following. Over WebSocket (graphql-transport-ws) or server-sent events; rights are checked again for every event.',
});

/** Anything that has an id. */
export const Node = builder.interfaceRef<{ id: string }>('Node').implement({
  description: 'Anything that has an id of its own.',
  // Types are called like the kinds that ids name.
  resolveType: ({ id }) => findIdKind(id),
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Opaque, prefixed by its kind, sortable by creation: `vm_01h…`.' }),
  }),
});
