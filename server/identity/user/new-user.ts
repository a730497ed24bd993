import type { Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid } from '../../platform/errors.ts';
import type { Settings } from '../../platform/settings/settings.ts';
import type { Check } from '../../platform/validation.ts';
import { assertGoodPassword, hashPassword } from './password.ts';
import { makeSetupLink } from './setup-link.ts';

/** A user as an administrator describes them. */
export interface NewUser {
  username: string;
  /** Left out: they set one themselves by a one-time link. */
  password?: string | null | undefined;
  /** With a password: whether they have to change it first; true when left out. */
  mustChangePassword?: boolean | null | undefined;
  displayName?: string | null | undefined;
  email?: string | null | undefined;
}

const usernamePattern = /^[a-z0-9][a-z0-9._@-]{0,63}$/;

export function checkUsername(check: Check, path: string, username: string): void {
  check.that(
    usernamePattern.test(username),
    path,
    username,
    'must be 1 to 64 lower-case letters, digits, dots, dashes, underscores or @, and begin with a letter or digit',
  );
}

/** Whether mail can be sent to a text: nothing in it reaches beyond an address. */
export function isMailAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s@<>,;:"\p{Cc}]+@[^\s@<>,;:"\p{Cc}]+$/u.test(text);
}

export function checkPerson(
  check: Check,
  { displayName, email }: Pick<NewUser, 'displayName' | 'email'>,
): void {
  if (displayName != null && displayName !== '') check.name('input.displayName', displayName);
  if (email != null && email !== '') {
    check.that(
      isMailAddress(email),
      'input.email',
      email,
      'must be an e-mail address of at most 254 characters',
    );
  }
}

/** Texts without anything in them are the same as none. */
export function textOrNull(text: string | null | undefined): string | null {
  return text == null || text === '' ? null : text;
}

/** What may be compared under an idempotency key: a hash of a password must not be kept, fast as that one is. */
export function withoutPassword<Input extends { password?: unknown }>({ password, ...input }: Input) {
  return { ...input, hasPassword: password != null };
}

/** A user who is ready to be written; hashing takes its time and is done before the transaction. */
export interface PreparedUser {
  username: string;
  passwordHash: string | null;
  mustChangePassword: boolean;
  displayName: string | null;
  email: string | null;
}

/** @throws PlatformError VALIDATION_FAILED for a weak password */
export async function prepareUser(input: NewUser, settings: Settings): Promise<PreparedUser> {
  const { username, password } = input;
  if (password != null)
    assertGoodPassword('input.password', password, username, settings.get('password.min.length'));
  return {
    username,
    passwordHash: password == null ? null : await hashPassword(password),
    mustChangePassword: password != null && (input.mustChangePassword ?? true),
    displayName: textOrNull(input.displayName),
    email: textOrNull(input.email),
  };
}

/** Writes a user. @returns secret of the one-time link, for a user without a password */
export async function insertUser(
  tx: Transaction,
  at: Date,
  accountId: Id<'Account'>,
  user: PreparedUser,
): Promise<{ userId: Id<'User'>; setupToken: string | null }> {
  const userId = newId('User');
  try {
    await tx
      .insertInto('User')
      .values({ id: userId, accountId, ...user })
      .execute();
  } catch (error) {
    throw usernameTaken(error, user.username);
  }
  return { userId, setupToken: user.passwordHash === null ? await makeSetupLink(tx, userId, at) : null };
}

/** Puts the rule that user names are unique into words. */
export function usernameTaken(error: unknown, username: string): unknown {
  return isUniqueViolation(error, 'User_username_key')
    ? invalid('input.username', username, 'is the name of another user')
    : error;
}
