import type { Database } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { userRoleId } from '@nephos/server/identity/role/built-in-roles.ts';
import { hashPassword } from '@nephos/server/identity/user/password.ts';
import { ApiClient, ApiError } from './api-client.ts';
import { rootDomainId } from './tenancy.ts';

/** The password of every user that {@link aPasswordUser} makes. */
export const userPassword = 'seven green bottles';

/** An account with one user who signs in with a password. */
export async function aPasswordUser(
  db: Database,
  username: string,
  options: { role?: Id<'Role'>; domainId?: Id<'Domain'>; mustChangePassword?: boolean } = {},
): Promise<{ userId: Id<'User'>; accountId: Id<'Account'> }> {
  const { role = userRoleId, mustChangePassword = false } = options;
  const accountId = newId('Account');
  const userId = newId('User');
  const domainId = options.domainId ?? (await rootDomainId(db));
  const passwordHash = await hashPassword(userPassword);
  await db.insertInto('Account').values({ id: accountId, domainId, name: username, roleId: role }).execute();
  await db
    .insertInto('User')
    .values({ id: userId, accountId, username, passwordHash, mustChangePassword })
    .execute();
  return { userId, accountId };
}

/** What signing in answered. */
export interface SignInAnswer {
  username: string;
  sessionId: string | null;
  challenge: string | null;
  /** With the new session's cookie, if one began. */
  client: ApiClient;
  /** Value of the cookie; empty when no session began. */
  cookie: string;
}

const fields = '{ username sessionId challenge }';
export const signInMutation = `mutation ($input: SignInInput!) { signIn(input: $input) ${fields} }`;
export const completeMutation = `mutation ($input: CompleteSignInInput!) { completeSignIn(input: $input) ${fields} }`;

/** Signs in with name and password. @throws ApiError */
export function enter(url: string, username: string, password = userPassword): Promise<SignInAnswer> {
  return begin(url, signInMutation, { username, password }, 'signIn');
}

/** Shows the second factor. @throws ApiError */
export function complete(url: string, challenge: string, code: string): Promise<SignInAnswer> {
  return begin(url, completeMutation, { challenge, code }, 'completeSignIn');
}

async function begin(url: string, document: string, input: object, field: string): Promise<SignInAnswer> {
  const { data, errors, headers } = await new ApiClient(url).send(document, { input });
  if (errors !== undefined) throw new ApiError(errors);
  const answer = (data as Record<string, Omit<SignInAnswer, 'client' | 'cookie'>>)[field]!;
  const pair = (headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return { ...answer, cookie: pair.split('=')[1] ?? '', client: new ApiClient(url, { cookie: pair }) };
}
