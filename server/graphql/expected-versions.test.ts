import { getNamedType, isInputObjectType, type GraphQLField } from 'graphql';
import { expect, test } from 'vitest';
import { buildApiSchema } from './schema.ts';

/** Mutations that write over what there is without asking what the caller saw, and why they may. */
const exceptions: Record<string, string> = {
  setMailPassword: 'a secret that nobody can have seen',
  setPreference: 'of one user alone, who changes it in passing',
  updateProjectMember:
    'an act on a member, like adding and removing one: it has one of two roles, and both are in view',
};

function inputFields({ args }: GraphQLField<unknown, unknown>): string[] {
  return args.flatMap((argument) => {
    const type = getNamedType(argument.type);
    return isInputObjectType(type) ? Object.keys(type.getFields()) : [argument.name];
  });
}

test('whatever changes a thing can be told which version of it the caller saw', () => {
  const mutations = Object.values(buildApiSchema().getMutationType()?.getFields() ?? {});
  const changing = mutations.filter(({ name }) => /^(update|set|share|dedicate)[A-Z]/.test(name));
  expect(changing.length).toBeGreaterThan(25);
  const blind = changing.filter((mutation) => !inputFields(mutation).includes('expectedVersion'));
  expect(blind.map(({ name }) => name)).toEqual(Object.keys(exceptions));
});

test('whatever says that it changed meanwhile names the error', () => {
  const mutations = Object.values(buildApiSchema().getMutationType()?.getFields() ?? {});
  const silent = mutations.filter(
    (mutation) =>
      inputFields(mutation).includes('expectedVersion') &&
      !mutation.description?.includes('VERSION_CONFLICT'),
  );
  expect(silent.map(({ name }) => name)).toEqual([]);
});
