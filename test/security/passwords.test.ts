import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { refusalOf } from '../support/refusals.ts';
import { adminPassword, startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server[Symbol.asyncDispose]());

const signInMutation = 'mutation ($input: SignInInput!) { signIn(input: $input) { username } }';
const changeMutation = `mutation ($input: ChangePasswordInput!) {
  changePassword(input: $input) { username }
}`;

/** A client with the cookie of a new session. */
async function openSession(username: string, password: string): Promise<ApiClient> {
  const { headers, errors } = await new ApiClient(server.url).send(signInMutation, {
    input: { username, password },
  });
  if (errors !== undefined) throw new Error(errors[0]?.message);
  const cookie = headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/HttpOnly; SameSite=(Lax|Strict)|SameSite=(Lax|Strict); .*HttpOnly/);
  return new ApiClient(server.url, { cookie: cookie.split(';')[0] ?? '' });
}

async function aUser(username: string, password: string): Promise<void> {
  await server.admin.ask(
    'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }',
    {
      input: { name: username, username, password, mustChangePassword: false },
    },
  );
}

test('a password is changed by those who know it, and other sessions end', async () => {
  await aUser('lin', 'the first password');
  const here = await openSession('lin', 'the first password');
  const elsewhere = await openSession('lin', 'the first password');
  const change = (currentPassword: string, newPassword: string) => ({
    input: { currentPassword, newPassword },
  });

  expect(
    await refusalOf(here, changeMutation, change('not the password', 'the second password')),
  ).toMatchObject({
    code: 'VALIDATION_FAILED',
    path: 'input.currentPassword',
  });
  expect(await refusalOf(here, changeMutation, change('the first password', 'short'))).toMatchObject({
    code: 'VALIDATION_FAILED',
    path: 'input.newPassword',
  });
  await here.ask(changeMutation, change('the first password', 'the second password'));

  expect((await here.send('{ viewer { user { username } } }')).data).toEqual({
    viewer: { user: { username: 'lin' } },
  });
  expect((await elsewhere.send('{ viewer { user { username } } }')).data).toEqual({ viewer: null });
  await expect(openSession('lin', 'the first password')).rejects.toThrow(/wrong/);
  await openSession('lin', 'the second password');
});

test('an API key changes no password', async () => {
  const input = { currentPassword: adminPassword, newPassword: 'another long password' };
  expect(await refusalOf(server.admin, changeMutation, { input })).toMatchObject({ code: 'FORBIDDEN' });
});

test('after too many wrong passwords even the right one is refused for a while', async () => {
  await aUser('mei', 'three long words');
  const anonymous = new ApiClient(server.url);
  const codes: string[] = [];
  for (let attempt = 0; attempt < 12; attempt++) {
    const wrong = { username: 'mei', password: `guess ${attempt}` };
    codes.push((await refusalOf(anonymous, signInMutation, { input: wrong })).code);
  }
  expect(codes[0]).toBe('UNAUTHENTICATED');
  expect(codes.at(-1)).toBe('RATE_LIMITED');
  const right = { username: 'mei', password: 'three long words' };
  expect(await refusalOf(anonymous, signInMutation, { input: right })).toMatchObject({
    code: 'RATE_LIMITED',
  });
});

test('a wrong user and a wrong password are answered alike', async () => {
  const anonymous = new ApiClient(server.url);
  const unknown = await refusalOf(anonymous, signInMutation, {
    input: { username: 'nobody', password: 'guess' },
  });
  const wrong = await refusalOf(anonymous, signInMutation, {
    input: { username: 'admin', password: 'guess' },
  });
  expect({ ...unknown, traceId: '' }).toEqual({ ...wrong, traceId: '' });
});
