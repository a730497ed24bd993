import type { SchemaTypes } from './builder.ts';

type InputFields = PothosSchemaTypes.InputFieldBuilder<
  PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>,
  'InputObject'
>;

/** The field `accountId` of an input that makes something owned. */
export function ownerField(t: InputFields) {
  return t.id({
    required: false,
    description: 'Account, or account of a project, that is to own it; yours when left out.',
  });
}
