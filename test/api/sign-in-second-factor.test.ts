import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { enrol } from '../support/authenticator-app.ts';
import { aPasswordUser, complete, completeMutation, enter, userPassword } from '../support/password-user.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { ShiftedClock } from '../support/shifted-clock.ts';
import { roleId } from '../support/tenancy.ts';

const clock = new ShiftedClock();
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ clock });
});

afterAll(() => server[Symbol.asyncDispose]());

const beginMutation =
  'mutation ($input: BeginSecondFactorInput!) { beginSecondFactor(input: $input) { secret uri } }';
const confirmMutation =
  'mutation ($input: ConfirmSecondFactorInput!) { confirmSecondFactor(input: $input) { recoveryCodes } }';
const removeMutation =
  'mutation ($input: ProveSecondFactorInput!) { removeSecondFactor(input: $input) { username } }';
const renewMutation =
  'mutation ($input: ProveSecondFactorInput!) { renewRecoveryCodes(input: $input) { recoveryCodes } }';
const viewerQuery =
  '{ viewer { hasPassword hasSecondFactor recoveryCodesLeft mustEnrolSecondFactor permissions } }';

async function viewerOf(client: ApiClient) {
  const { viewer } = await client.ask<{ viewer: { permissions: string[] } & Record<string, unknown> }>(
    viewerQuery,
  );
  return viewer;
}

test('from setting up to losing the telephone', async () => {
  await aPasswordUser(server.db, 'lin');
  const { client } = await enter(server.url, 'lin');
  const elsewhere = await enter(server.url, 'lin');
  expect(await viewerOf(client)).toMatchObject({
    hasPassword: true,
    hasSecondFactor: false,
    recoveryCodesLeft: 0,
  });

  const { app, recoveryCodes } = await enrol(client, clock);
  expect(new Set(recoveryCodes).size).toBe(10);
  expect(recoveryCodes[0]).toMatch(/^([0-9a-z]{4}-){3}[0-9a-z]{4}$/);
  expect(await viewerOf(client)).toMatchObject({ hasSecondFactor: true, recoveryCodesLeft: 10 });
  expect((await elsewhere.client.ask<{ viewer: null }>('{ viewer { username } }')).viewer).toBeNull();

  clock.pass(60);
  const { challenge, sessionId, username } = await enter(server.url, 'lin');
  expect({ sessionId, username }).toEqual({ sessionId: null, username: 'lin' });
  const inside = await complete(server.url, challenge!, app.code());
  expect(inside).toMatchObject({ username: 'lin', challenge: null });

  const again = await enter(server.url, 'lin');
  const recovered = await complete(server.url, again.challenge!, recoveryCodes[0]!);
  expect(await viewerOf(recovered.client)).toMatchObject({ recoveryCodesLeft: 9 });

  const both = (code: string) => ({ input: { currentPassword: userPassword, code } });
  clock.pass(60);
  const { renewRecoveryCodes } = await recovered.client.ask<{
    renewRecoveryCodes: { recoveryCodes: string[] };
  }>(renewMutation, both(app.code()));
  expect(renewRecoveryCodes.recoveryCodes).toHaveLength(10);
  const third = await enter(server.url, 'lin');
  expect(
    await refusalOf(client, completeMutation, {
      input: { challenge: third.challenge, code: recoveryCodes[1] },
    }),
  ).toMatchObject({ code: 'UNAUTHENTICATED' });

  expect(await refusalOf(recovered.client, removeMutation, both(recoveryCodes[1]!))).toMatchObject({
    code: 'VALIDATION_FAILED',
    path: 'input.code',
  });
  await recovered.client.ask(removeMutation, both(renewRecoveryCodes.recoveryCodes[0]!));
  expect(await viewerOf(recovered.client)).toMatchObject({ hasSecondFactor: false, recoveryCodesLeft: 0 });
  expect((await enter(server.url, 'lin')).sessionId).not.toBeNull();

  const { signInHistory } = await recovered.client.ask<{
    signInHistory: { nodes: { action: string; secondFactor: string | null }[] };
  }>('{ signInHistory(first: 100) { nodes { action secondFactor } } }');
  expect(signInHistory.nodes.map(({ secondFactor }) => secondFactor).filter(Boolean)).toEqual([
    'RECOVERY_CODE',
    'TOTP',
  ]);
});

test('is set up with the password, a right code, and by nobody else', async () => {
  await aPasswordUser(server.db, 'mei');
  const { client } = await enter(server.url, 'mei');
  const withPassword = (currentPassword: string) => ({ input: { currentPassword } });
  expect(await refusalOf(client, confirmMutation, { input: { code: '123456' } })).toMatchObject({
    code: 'INVALID_STATE',
  });
  expect(await refusalOf(client, beginMutation, withPassword('not the password'))).toMatchObject({
    code: 'VALIDATION_FAILED',
    path: 'input.currentPassword',
  });
  await client.ask(beginMutation, withPassword(userPassword));
  // Begun is not done: nothing is asked for yet.
  expect((await enter(server.url, 'mei')).sessionId).not.toBeNull();
  expect(await refusalOf(client, confirmMutation, { input: { code: 'abcdef' } })).toMatchObject({
    code: 'VALIDATION_FAILED',
    path: 'input.code',
  });
  await enrol(client, clock);
  expect(await refusalOf(client, beginMutation, withPassword(userPassword))).toMatchObject({
    code: 'INVALID_STATE',
  });
  expect(await refusalOf(server.admin, beginMutation, withPassword(userPassword))).toMatchObject({
    code: 'FORBIDDEN',
  });
});

test('is asked of those whom the setting names, before anything else', async () => {
  await aPasswordUser(server.db, 'tenant');
  await aPasswordUser(server.db, 'operator', { role: roleId('Resource Admin') });
  const demand = (value: string | null) =>
    server.admin.ask(
      'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { key } } }',
      {
        input: { key: 'second.factor.required', value },
      },
    );
  await demand('admins');
  const tenant = await enter(server.url, 'tenant');
  const operator = await enter(server.url, 'operator');
  expect(await viewerOf(tenant.client)).toMatchObject({ mustEnrolSecondFactor: false });
  expect(await viewerOf(operator.client)).toMatchObject({ mustEnrolSecondFactor: true, permissions: [] });
  expect(await refusalOf(operator.client, '{ zones { nodes { id } } }')).toMatchObject({
    code: 'FORBIDDEN',
    message: 'a second factor has to be set up first',
  });
  await enrol(operator.client, clock);
  expect((await viewerOf(operator.client)).permissions).toContain('zone.create');

  await demand('everybody');
  expect(await viewerOf(tenant.client)).toMatchObject({ mustEnrolSecondFactor: true, permissions: [] });
  // Programs go on: they have keys that somebody with all factors made.
  expect((await viewerOf(server.admin)).permissions).toContain('setting.update');
  await demand(null);
  expect((await viewerOf(tenant.client)).permissions).toContain('virtualMachine.deploy');
  expect(
    await refusalOf(
      server.admin,
      'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { key } } }',
      {
        input: { key: 'second.factor.required', value: 'somebody' },
      },
    ),
  ).toMatchObject({ code: 'VALIDATION_FAILED' });
});
