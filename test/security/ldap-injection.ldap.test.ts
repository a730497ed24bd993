import { userRoleId } from '@nephos/server/identity/role/built-in-roles.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { createProvider, updateProviderMutation } from '../support/identity-providers.ts';
import {
  peopleDn,
  searchDn,
  searchPassword,
  startDirectory,
  type RunningDirectory,
} from '../support/ldap-directory.ts';
import { enter, signInMutation } from '../support/password-user.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const password = 'the only password';
let server: TestServer;
let directory: RunningDirectory;
let providerId: string;

beforeAll(async () => {
  server = await startTestServer();
  directory = await startDirectory([
    { place: 'uid=lonely,ou=people', uid: 'lonely', password },
    { place: 'cn=first,ou=people', uid: 'twin', password },
    { place: 'cn=second,ou=people', uid: 'twin', password: 'of the other twin' },
    { place: String.raw`uid=back\5Cslash,ou=people`, uid: String.raw`back\slash`, password },
  ]);
  providerId = await createProvider(server.admin, {
    name: 'Example directory',
    ldap: { url: directory.url, bindDn: searchDn, baseDn: peopleDn },
    secret: searchPassword,
    roleMappings: [{ groupName: '*', roleId: userRoleId }],
  });
});

afterAll(async () => {
  await directory[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

let usersBefore: number;
beforeEach(async () => {
  usersBefore = await countUsers();
});

async function countUsers(): Promise<number> {
  return (await server.db.selectFrom('User').select('id').execute()).length;
}

/** Tries to sign in, which must come to nothing. @returns why, as the audit log has it */
async function problemOf(username: string, tried: string): Promise<unknown> {
  const refusal = await refusalOf(new ApiClient(server.url), signInMutation, {
    input: { username, password: tried },
  });
  expect(refusal).toMatchObject({
    code: 'UNAUTHENTICATED',
    message: 'the user name or the password is wrong, or the account is not enabled',
  });
  expect(await countUsers()).toBe(usersBefore);
  const { details } = await server.db
    .selectFrom('AuditEvent')
    .select('details')
    .where('action', '=', 'session.signIn')
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  return (details as { problem: unknown }).problem;
}

describe('a name is only ever a name', () => {
  // Unescaped, each of these would find somebody.
  const injections = [
    '*',
    'l*',
    'lone*y',
    '*)(uid=*',
    'lonely)(objectClass=*',
    '*))(|(uid=*',
    'nobody)(|(uid=lonely',
    'lonely)(&',
    '*)(userPassword=*',
    String.raw`\6conely`,
    String.raw`\2a`,
    'lonely\0',
    'lonely\0)(uid=*',
    '\0',
    '(',
    ')',
    '\\',
    '{username}',
    '{dn}',
    'uid=lonely,ou=people,dc=example,dc=org',
  ];

  const longNames = ['x'.repeat(65), 'lonely'.padEnd(4000, '*')];

  test.each(injections)('%j', async (username) => {
    expect(await problemOf(username, password)).toBe('UNKNOWN_NAME');
  });

  test('and one that means something to LDAP still finds its own entry', async () => {
    // It is found, and its password is right; it just is no name that a user can have here.
    expect(await problemOf(String.raw`back\slash`, password)).toBe('BAD_USERNAME');
    expect(await problemOf(String.raw`back\slash`, 'wrong')).toBe('WRONG_PASSWORD');
  });

  test.each(['', ' ', 'lonely ', ' lonely', '\tlonely'])('nor is it %j', async (username) => {
    expect(['UNKNOWN_NAME', 'BAD_USERNAME']).toContain(await problemOf(username, password));
  });

  test('nor is it very long', async () => {
    for (const username of longNames) expect(await problemOf(username, password)).toBe('UNKNOWN_NAME');
  });
});

test('an empty password proves nothing, though the directory would take it', async () => {
  expect(await problemOf('lonely', '')).toBe('EMPTY_PASSWORD');
});

test.each([' ', '\0', '*', `${password}\0`, `${password} `, searchPassword])(
  'the password is not %j',
  async (tried) => {
    expect(await problemOf('lonely', tried)).toBe('WRONG_PASSWORD');
    await server.db.updateTable('User').set({ failedSignIns: 0, lockedUntil: null }).execute();
  },
);

test('a name that two people have is nobody’s, with either password', async () => {
  expect(await problemOf('twin', password)).toBe('AMBIGUOUS_NAME');
  expect(await problemOf('twin', 'of the other twin')).toBe('AMBIGUOUS_NAME');
});

test('a search that finds more than one is refused, whatever the filter', async () => {
  const change = (userFilter: string) =>
    server.admin.ask(updateProviderMutation, {
      input: {
        id: providerId,
        ldap: { url: directory.url, bindDn: searchDn, baseDn: peopleDn, userFilter },
      },
    });
  await change('(|(uid={username})(objectClass=inetOrgPerson))');
  expect(await problemOf('lonely', password)).toBe('AMBIGUOUS_NAME');
  await change('(uid={username})');
  expect((await enter(server.url, 'lonely', password)).username).toBe('lonely');
});
