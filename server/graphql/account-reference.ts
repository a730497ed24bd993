import type { AccountReference } from '../identity/access/named-account.ts';
import { builder } from './builder.ts';
import { optionalId } from './id-argument.ts';

/** Names an account in the input. */
export const AccountReferenceInput = builder.inputType('AccountReferenceInput', {
  description: 'An account: by its id, or by its domain’s path and its name.',
  fields: (t) => ({
    accountId: t.id({
      required: false,
      description: 'Its id, if you see it. Either this, or both `domainPath` and `accountName`.',
    }),
    domainPath: t.string({ required: false, description: 'Path of its domain: `/region/customer`.' }),
    accountName: t.string({ required: false, description: 'Its name in that domain.' }),
  }),
});

/** @throws PlatformError VALIDATION_FAILED for an id that is none */
export function accountReference(
  path: string,
  given: { accountId?: string | null | undefined } & Omit<AccountReference, 'accountId'>,
): AccountReference {
  return { ...given, accountId: optionalId('Account', `${path}.accountId`, given.accountId) };
}
