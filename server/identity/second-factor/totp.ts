import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** RFC 6238 as every authenticator app has it: SHA-1, six digits, 30 seconds; RFC 4226 wants 160 bits of secret. */
const parameters = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
const secretBytes = 20;
/** Clocks may be this many steps apart. */
const window = 1;

const issuer = 'Nephos';

/** A new secret for an authenticator app. */
export function newTotpSecret(): Buffer {
  return randomBytes(secretBytes);
}

function secretFrom(bytes: Buffer): Secret {
  return new Secret({ buffer: new Uint8Array(bytes).buffer });
}

/** What a person types or scans into the app. */
export function totpEnrolment(bytes: Buffer, username: string): { secret: string; uri: string } {
  const secret = secretFrom(bytes);
  const totp = new TOTP({ ...parameters, issuer, label: username, secret });
  return { secret: secret.base32, uri: totp.toString() };
}

/** Whether a text has the form of a code. */
export function isTotpCode(text: string): boolean {
  return /^\d{6}$/.test(text);
}

/** The time step that a code belongs to; `null` for a code of no step about now. Compared in constant time. */
export function stepOfCode(bytes: Buffer, code: string, at: Date): bigint | null {
  if (!isTotpCode(code)) return null;
  const { period, digits, algorithm } = parameters;
  const timestamp = at.getTime();
  const delta = TOTP.validate({
    token: code,
    secret: secretFrom(bytes),
    algorithm,
    digits,
    period,
    timestamp,
    window,
  });
  return delta === null ? null : BigInt(TOTP.counter({ period, timestamp }) + delta);
}
