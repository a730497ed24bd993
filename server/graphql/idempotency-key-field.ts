import type { SchemaTypes } from './builder.ts';

type InputFields = PothosSchemaTypes.InputFieldBuilder<
  PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>,
  'InputObject'
>;

/** The field `idempotencyKey` of an input that makes something. */
export function idempotencyKeyField(t: InputFields) {
  return t.string({
    required: false,
    description: 'The same key and input again within 24 hours give the first answer again.',
  });
}
