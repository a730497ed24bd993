import { Secret, TOTP } from 'otpauth';
import type { ApiClient } from './api-client.ts';
import { userPassword } from './password-user.ts';
import type { ShiftedClock } from './shifted-clock.ts';

/** An authenticator app on somebody's telephone. */
export class AuthenticatorApp {
  readonly #totp: TOTP;
  readonly #clock: ShiftedClock;

  /** @param uri as it is scanned */
  constructor(uri: string, clock: ShiftedClock) {
    const { searchParams } = new URL(uri);
    this.#totp = new TOTP({ secret: Secret.fromBase32(searchParams.get('secret') ?? '') });
    this.#clock = clock;
  }

  /** The code it shows, with its clock so many seconds ahead of the server's. */
  code(aheadSeconds = 0): string {
    return this.#totp.generate({ timestamp: this.#clock.now().getTime() + aheadSeconds * 1000 });
  }

  /** A code that is not good about now. */
  wrongCode(): string {
    const good = [-60, -30, 0, 30, 60].map((ahead) => this.code(ahead));
    for (let number = 0; ; number++) {
      const code = String(number).padStart(6, '0');
      if (!good.includes(code)) return code;
    }
  }
}

/** Sets a second factor up. Its first code is used up by that. */
export async function enrol(
  client: ApiClient,
  clock: ShiftedClock,
  password = userPassword,
): Promise<{ app: AuthenticatorApp; recoveryCodes: string[] }> {
  const { beginSecondFactor } = await client.ask<{ beginSecondFactor: { uri: string } }>(
    'mutation ($input: BeginSecondFactorInput!) { beginSecondFactor(input: $input) { secret uri } }',
    { input: { currentPassword: password } },
  );
  const app = new AuthenticatorApp(beginSecondFactor.uri, clock);
  const { confirmSecondFactor } = await client.ask<{ confirmSecondFactor: { recoveryCodes: string[] } }>(
    'mutation ($input: ConfirmSecondFactorInput!) { confirmSecondFactor(input: $input) { recoveryCodes } }',
    { input: { code: app.code() } },
  );
  return { app, recoveryCodes: confirmSecondFactor.recoveryCodes };
}
