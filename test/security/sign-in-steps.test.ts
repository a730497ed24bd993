import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ApiClient } from '../support/api-client.ts';
import { enrol, type AuthenticatorApp } from '../support/authenticator-app.ts';
import {
  aPasswordUser,
  complete,
  completeMutation,
  enter,
  signInMutation,
  userPassword,
} from '../support/password-user.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { ShiftedClock } from '../support/shifted-clock.ts';

const clock = new ShiftedClock();
let server: TestServer;
let anonymous: ApiClient;
let app: AuthenticatorApp;
let recoveryCodes: string[];
let username: string;

beforeAll(async () => {
  server = await startTestServer({ clock });
  anonymous = new ApiClient(server.url);
  // Guessing is what is tested here; that one address may not guess often, elsewhere.
  await server.admin.ask(
    'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { key } } }',
    {
      input: { key: 'signin.per.minute.per.address', value: '0' },
    },
  );
});

afterAll(() => server[Symbol.asyncDispose]());

beforeEach(async () => {
  username = `user-${randomBytes(4).toString('hex')}`;
  await aPasswordUser(server.db, username);
  const { client } = await enter(server.url, username);
  ({ app, recoveryCodes } = await enrol(client, clock));
  // The code of this step is used up; from ten seconds into the next but one on there is time before codes change.
  clock.pass(70 - ((clock.now().getTime() / 1000) % 30));
});

/** Signs in as far as the second factor. */
async function challengeOf(name = username): Promise<string> {
  const { challenge, sessionId, cookie } = await enter(server.url, name);
  expect([sessionId, cookie]).toEqual([null, '']);
  return challenge!;
}

const codeOfRefusal = async (challenge: string, code: string) =>
  (await refusalOf(anonymous, completeMutation, { input: { challenge, code } })).code;

async function countSessions(): Promise<number> {
  const sessions = await server.db
    .selectFrom('UserSession')
    .innerJoin('User', 'User.id', 'UserSession.userId')
    .select('UserSession.id')
    .where('username', '=', username)
    .execute();
  return sessions.length;
}

describe('a code of the app', () => {
  test('opens once', async () => {
    const code = app.code();
    const { sessionId } = await complete(server.url, await challengeOf(), code);
    expect(sessionId).toMatch(/^sess_/);
    expect(await codeOfRefusal(await challengeOf(), code)).toBe('UNAUTHENTICATED');
  });

  test('opens once even when it comes ten times at the same moment', async () => {
    const challenges = await Promise.all(Array.from({ length: 10 }, () => challengeOf()));
    const before = await countSessions();
    const code = app.code();
    const outcomes = await Promise.allSettled(
      challenges.map((challenge) => complete(server.url, challenge, code)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await countSessions()).toBe(before + 1);
  });

  test('is not good after a later one was used', async () => {
    const earlier = app.code(-30);
    await complete(server.url, await challengeOf(), app.code(30));
    expect(await codeOfRefusal(await challengeOf(), earlier)).toBe('UNAUTHENTICATED');
  });

  test.each([-30, 0, 30])('is good with a clock %d s off', async (seconds) => {
    expect((await complete(server.url, await challengeOf(), app.code(seconds))).sessionId).not.toBeNull();
  });

  test.each([-90, 90, 3600])('is not good with a clock %d s off', async (seconds) => {
    expect(await codeOfRefusal(await challengeOf(), app.code(seconds))).toBe('UNAUTHENTICATED');
  });
});

test('guessing ends after five codes, and locks the user out', async () => {
  const before = await countSessions();
  const challenge = await challengeOf();
  for (let guess = 0; guess < 5; guess++)
    expect(await codeOfRefusal(challenge, app.wrongCode())).toBe('UNAUTHENTICATED');
  // Neither this challenge nor a new one takes the right code now.
  expect(await codeOfRefusal(challenge, app.code())).toBe('UNAUTHENTICATED');
  expect(
    await refusalOf(anonymous, signInMutation, { input: { username, password: userPassword } }),
  ).toMatchObject({ code: 'RATE_LIMITED' });
  expect(await countSessions()).toBe(before);
  clock.pass(60);
  expect(await codeOfRefusal(challenge, app.code())).toBe('UNAUTHENTICATED');
  expect((await complete(server.url, await challengeOf(), app.code())).sessionId).not.toBeNull();
});

test('fifty guesses at the same moment are no more than five', async () => {
  const challenge = await challengeOf();
  await Promise.allSettled(
    Array.from({ length: 50 }, () => complete(server.url, challenge, app.wrongCode())),
  );
  const { failedSignIns } = await server.db
    .selectFrom('User')
    .select('failedSignIns')
    .where('username', '=', username)
    .executeTakeFirstOrThrow();
  expect(failedSignIns).toBeLessThanOrEqual(5);
  clock.pass(7200);
  expect(await codeOfRefusal(challenge, app.code())).toBe('UNAUTHENTICATED');
});

test('the right password does not make wrong codes forgotten', async () => {
  for (let round = 0; round < 5; round++) await codeOfRefusal(await challengeOf(), app.wrongCode());
  expect(
    await refusalOf(anonymous, signInMutation, { input: { username, password: userPassword } }),
  ).toMatchObject({ code: 'RATE_LIMITED' });
});

test('a challenge is over after five minutes', async () => {
  const challenge = await challengeOf();
  clock.pass(301);
  expect(await codeOfRefusal(challenge, app.code())).toBe('UNAUTHENTICATED');
});

test('a challenge opens once', async () => {
  const challenge = await challengeOf();
  await complete(server.url, challenge, app.code());
  clock.pass(60);
  expect(await codeOfRefusal(challenge, app.code())).toBe('UNAUTHENTICATED');
});

test('a challenge is over when the password changes', async () => {
  const { client } = await complete(server.url, await challengeOf(), app.code());
  const challenge = await challengeOf();
  await client.ask('mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { username } }', {
    input: { currentPassword: userPassword, newPassword: 'eight green bottles' },
  });
  clock.pass(60);
  expect(await codeOfRefusal(challenge, app.code())).toBe('UNAUTHENTICATED');
});

test('the code of one user does not complete the sign-in of another', async () => {
  const another = `other-${randomBytes(4).toString('hex')}`;
  await aPasswordUser(server.db, another);
  const { client } = await enter(server.url, another);
  const theirs = await enrol(client, clock);
  clock.pass(60);
  expect(await codeOfRefusal(await challengeOf(another), app.code())).toBe('UNAUTHENTICATED');
  expect(await codeOfRefusal(await challengeOf(), theirs.app.code())).toBe('UNAUTHENTICATED');
  expect(await codeOfRefusal(await challengeOf(), theirs.recoveryCodes[0]!)).toBe('UNAUTHENTICATED');
});

describe('no step is left out', () => {
  test('a challenge is no session', async () => {
    const challenge = await challengeOf();
    for (const cookie of [`nephos=${challenge}`, `__Host-nephos=${challenge}`]) {
      const { data } = await new ApiClient(server.url, { cookie }).send('{ viewer { username } }');
      expect(data).toEqual({ viewer: null });
    }
    const bearer = new ApiClient(server.url, { authorization: `Bearer ${challenge}` });
    expect((await bearer.send('{ viewer { username } }')).data).toEqual({ viewer: null });
  });

  test('a session is no challenge', async () => {
    const { cookie } = await complete(server.url, await challengeOf(), app.code());
    clock.pass(60);
    expect(await codeOfRefusal(cookie, app.code())).toBe('UNAUTHENTICATED');
  });

  test('without a password there is nothing to complete', async () => {
    for (const challenge of ['', username, 'undefined', randomBytes(32).toString('base64url')])
      expect(await codeOfRefusal(challenge, app.code())).toBe('UNAUTHENTICATED');
  });

  test.each(['', ' ', '000000', 'null', '0', '٠٠٠٠٠٠'])('%j is no code', async (code) => {
    expect(await codeOfRefusal(await challengeOf(), code)).toBe('UNAUTHENTICATED');
  });

  test('texts stay texts, and fields that nobody asked for are refused', async () => {
    const challenge = await challengeOf();
    const odd: Record<string, unknown>[] = [
      { challenge, code: 0 },
      { challenge, code: true },
      { challenge, code: [app.code()] },
      { challenge, code: null },
      { challenge },
      { challenge, code: app.code(), username: 'admin' },
      { challenge: { $ne: '' }, code: app.code() },
    ];
    for (const input of odd) {
      const { errors } = await anonymous.send(completeMutation, { input });
      expect(errors, JSON.stringify(input)).toHaveLength(1);
    }
    expect(await countSessions()).toBe(1);
  });

  test('a one-time link asks for the second factor, too', async () => {
    const { hashSecret, newSecret } = await import('@nephos/server/identity/secrets.ts');
    const token = newSecret();
    const { id } = await server.db
      .selectFrom('User')
      .select('id')
      .where('username', '=', username)
      .executeTakeFirstOrThrow();
    await server.db
      .insertInto('SetupLink')
      .values({
        tokenHash: hashSecret(token),
        userId: id,
        expiresAt: new Date(clock.now().getTime() + 60_000),
      })
      .execute();
    const { data, headers } = await anonymous.send(
      'mutation ($input: UseSetupLinkInput!) { useSetupLink(input: $input) { sessionId challenge } }',
      { input: { token, password: 'nine green bottles' } },
    );
    expect(headers.get('set-cookie')).toBeNull();
    expect(data).toEqual({ useSetupLink: { sessionId: null, challenge: expect.any(String) as string } });
    // Sessions that there were are over.
    expect(await countSessions()).toBe(0);
  });
});

test('a recovery code opens once, however it is typed', async () => {
  const [first, second] = recoveryCodes;
  await complete(server.url, await challengeOf(), first!);
  expect(await codeOfRefusal(await challengeOf(), first!)).toBe('UNAUTHENTICATED');
  const typed = ` ${second!.replaceAll('-', ' ').toUpperCase()} `;
  expect((await complete(server.url, await challengeOf(), typed)).sessionId).not.toBeNull();
});

test('a recovery code opens once even when it comes ten times at the same moment', async () => {
  const challenges = await Promise.all(Array.from({ length: 10 }, () => challengeOf()));
  const outcomes = await Promise.allSettled(
    challenges.map((challenge) => complete(server.url, challenge, recoveryCodes[2]!)),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('secrets lie in the database only sealed or hashed', async () => {
  const user = await server.db
    .selectFrom('User')
    .selectAll()
    .where('username', '=', username)
    .executeTakeFirstOrThrow();
  const codes = await server.db
    .selectFrom('RecoveryCode')
    .selectAll()
    .where('userId', '=', user.id)
    .execute();
  expect(codes).toHaveLength(10);
  const stored = JSON.stringify([user, codes], (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  for (const code of recoveryCodes) {
    expect(stored).not.toContain(code);
    expect(
      Buffer.from(JSON.stringify(codes.map(({ codeHash }) => codeHash.toString('latin1')))).includes(code),
    ).toBe(false);
  }
  // 20 bytes of secret, 12 of nonce and 16 of tag.
  expect(user.totpSecret).toHaveLength(48);
});
