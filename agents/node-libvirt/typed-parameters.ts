import { type Codec, list, readOnly, writeOnly } from './codec.ts';
import { type XdrDecoder, XdrError } from './xdr.ts';

/** What libvirt's named parameters become: 32-bit numbers and doubles a number, 64-bit numbers a bigint. */
export type TypedValues = Readonly<Record<string, number | bigint | string | boolean>>;

/** A named parameter as a call wants it; libvirt refuses a right value of the wrong type. */
export type TypedParameter = { readonly name: string } & (
  | { readonly type: 'INT' | 'UINT' | 'DOUBLE'; readonly value: number }
  | { readonly type: 'LLONG' | 'ULLONG'; readonly value: bigint }
  | { readonly type: 'BOOLEAN'; readonly value: boolean }
  | { readonly type: 'STRING'; readonly value: string }
);

/** virTypedParameterType. */
const tags = { INT: 1, UINT: 2, LLONG: 3, ULLONG: 4, DOUBLE: 5, BOOLEAN: 6, STRING: 7 } as const;

const parameter: Codec<TypedParameter> = writeOnly((to, given) => {
  to.text(given.name);
  to.int(tags[given.type]);
  switch (given.type) {
    case 'INT': {
      to.int(given.value);
      return;
    }
    case 'UINT': {
      to.uint(given.value);
      return;
    }
    case 'LLONG': {
      to.hyper(given.value);
      return;
    }
    case 'ULLONG': {
      to.uhyper(given.value);
      return;
    }
    case 'DOUBLE': {
      to.double(given.value);
      return;
    }
    case 'BOOLEAN': {
      to.int(given.value ? 1 : 0);
      return;
    }
    case 'STRING': {
      to.text(given.value);
      return;
    }
  }
});

function readValue(from: XdrDecoder): number | bigint | string | boolean {
  const tag = from.int();
  switch (tag) {
    case tags.INT:
      return from.int();
    case tags.UINT:
      return from.uint();
    case tags.LLONG:
      return from.hyper();
    case tags.ULLONG:
      return from.uhyper();
    case tags.DOUBLE:
      return from.double();
    case tags.BOOLEAN:
      return from.int() !== 0;
    case tags.STRING:
      return from.text();
    default:
      throw new XdrError(`typed parameter of unknown type ${tag}`);
  }
}

/** At most `limit` parameters, as a call sends them. */
export function typedParameters(limit: number): Codec<readonly TypedParameter[]> {
  return list(parameter, limit);
}

/** At most `limit` parameters, as an answer brings them. Of a name that occurs twice the last value stays. */
export function typedValues(limit: number): Codec<TypedValues> {
  return readOnly((from) => {
    const values: Record<string, number | bigint | string | boolean> = {};
    for (let left = from.count(limit); left > 0; left--) values[from.text()] = readValue(from);
    return values;
  });
}
