import { Secret, TOTP } from 'otpauth';

const periodMs = 30_000;

/** An authenticator app. No code works twice, so that each is that of a later moment, as far as the server takes it. */
export class Authenticator {
  readonly #totp: TOTP;
  #steps = -1;

  /** @param secret as a page shows it, in groups */
  constructor(secret: string) {
    this.#totp = new TOTP({ secret: Secret.fromBase32(secret.replaceAll(' ', '')) });
  }

  next(): string {
    this.#steps++;
    return this.#totp.generate({ timestamp: Date.now() + this.#steps * periodMs });
  }
}
