import type { SchemaTypes } from '../../graphql/builder.ts';

type InputFields = PothosSchemaTypes.InputFieldBuilder<
  PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>,
  'InputObject'
>;

/** The fields of an input that describes a new user. */
export function newUserFields(t: InputFields) {
  return {
    username: t.string({
      description:
        'Name that the user signs in with, unique: lower-case letters, digits, dots, dashes, _ and @.',
    }),
    password: t.string({
      required: false,
      description:
        'Password of the user, 8 characters or more. Left out: the user sets one by the one-time link in the answer, and nobody else knows it.',
    }),
    mustChangePassword: t.boolean({
      defaultValue: true,
      description: 'With a password: whether it has to be changed before anything else.',
    }),
    displayName: t.string({ required: false, description: 'What the user is called.' }),
    email: t.string({ required: false, description: 'Where mail reaches the user.' }),
  };
}
