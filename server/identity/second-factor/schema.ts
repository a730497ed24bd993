import { builder } from '../../graphql/builder.ts';

const BeginSecondFactorInput = builder.inputType('BeginSecondFactorInput', {
  description: 'Your password, once more.',
  fields: (t) => ({ currentPassword: t.string({ description: 'Your password.' }) }),
});

const BeginSecondFactorPayload = builder
  .objectRef<{ secret: string; uri: string }>('BeginSecondFactorPayload')
  .implement({
    description: 'What your authenticator app needs. It is shown this once.',
    fields: (t) => ({
      secret: t.exposeString('secret', { description: 'The secret in base32, to be typed.' }),
      uri: t.exposeString('uri', { description: 'The same as `otpauth://…`, to be scanned as a QR code.' }),
    }),
  });

builder.mutationField('beginSecondFactor', (t) =>
  t.field({
    type: BeginSecondFactorPayload,
    permission: 'signedIn',
    description:
      'Makes a secret for an authenticator app (TOTP: SHA-1, six digits, 30 seconds); it counts once confirmSecondFactor saw a code. Errors: FORBIDDEN for an API key, INVALID_STATE when there is a second factor, VALIDATION_FAILED, RATE_LIMITED after too many wrong passwords.',
    args: { input: t.arg({ type: BeginSecondFactorInput, description: 'Your password.' }) },
    resolve: (_parent, { input }, { services, actor }) =>
      services.secondFactors.begin(actor, input.currentPassword),
  }),
);

const ConfirmSecondFactorInput = builder.inputType('ConfirmSecondFactorInput', {
  description: 'The first code of your authenticator app.',
  fields: (t) => ({ code: t.string({ description: 'Six digits, as the app shows them now.' }) }),
});

const RecoveryCodesPayload = builder
  .objectRef<{ recoveryCodes: string[] }>('RecoveryCodesPayload')
  .implement({
    description: 'Your recovery codes.',
    fields: (t) => ({
      recoveryCodes: t.exposeStringList('recoveryCodes', {
        description: 'Ten codes; each opens once in place of a code of the app. They are shown this once.',
      }),
    }),
  });

builder.mutationField('confirmSecondFactor', (t) =>
  t.field({
    type: RecoveryCodesPayload,
    permission: 'signedIn',
    description:
      'Turns your second factor on and ends your other sessions. Errors: FORBIDDEN for an API key, INVALID_STATE when nothing was begun, VALIDATION_FAILED for a wrong code.',
    args: { input: t.arg({ type: ConfirmSecondFactorInput, description: 'A code.' }) },
    resolve: async (_parent, { input }, { services, actor }) => ({
      recoveryCodes: await services.secondFactors.confirm(actor, input.code),
    }),
  }),
);

const ProveSecondFactorInput = builder.inputType('ProveSecondFactorInput', {
  description: 'Both factors, once more.',
  fields: (t) => ({
    currentPassword: t.string({ description: 'Your password.' }),
    code: t.string({ description: 'A code of the app, or a recovery code.' }),
  }),
});

const RemoveSecondFactorPayload = builder
  .objectRef<{ username: string }>('RemoveSecondFactorPayload')
  .implement({
    description: 'Whose second factor was removed.',
    fields: (t) => ({ username: t.exposeString('username', { description: 'Your user name.' }) }),
  });

builder.mutationField('removeSecondFactor', (t) =>
  t.field({
    type: RemoveSecondFactorPayload,
    permission: 'signedIn',
    description:
      'Turns your second factor off; recovery codes are gone with it. Errors: FORBIDDEN for an API key, INVALID_STATE when there is none, VALIDATION_FAILED, RATE_LIMITED after too many failures.',
    args: { input: t.arg({ type: ProveSecondFactorInput, description: 'Password and code.' }) },
    resolve: async (_parent, { input }, { services, actor }) => {
      await services.secondFactors.remove(actor, input.currentPassword, input.code);
      return { username: actor.username };
    },
  }),
);

builder.mutationField('renewRecoveryCodes', (t) =>
  t.field({
    type: RecoveryCodesPayload,
    permission: 'signedIn',
    description:
      'Makes new recovery codes; the old ones open nothing any more. Errors: FORBIDDEN for an API key, INVALID_STATE without a second factor, VALIDATION_FAILED, RATE_LIMITED after too many failures.',
    args: { input: t.arg({ type: ProveSecondFactorInput, description: 'Password and code.' }) },
    resolve: async (_parent, { input }, { services, actor }) => ({
      recoveryCodes: await services.secondFactors.renewRecoveryCodes(
        actor,
        input.currentPassword,
        input.code,
      ),
    }),
  }),
);
