import { hash, verify } from '@node-rs/argon2';
import { invalid } from '../../platform/errors.ts';
import { commonPasswords } from './common-passwords.ts';

/** OWASP's recommendation for Argon2id: 19 MiB, two passes, one lane. */
const argon2id = 2;
const cost = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** No setting allows shorter ones. */
const shortestAllowed = 8;
const longest = 256;

/** A hash of no one's password: verifying against it takes as long as against a real one. */
let decoy: Promise<string> | undefined;

/**
 * Refuses passwords that are guessed first.
 * @param shortest the setting `password.min.length`
 * @throws PlatformError VALIDATION_FAILED; the password itself is not repeated
 */
export function assertGoodPassword(
  path: string,
  password: string,
  username: string,
  shortest: number = shortestAllowed,
): void {
  const plain = password.toLowerCase();
  const isFine =
    password.length >= shortest &&
    password.length <= longest &&
    // A name of a letter or two is in every other password.
    (username.length < 3 || !plain.includes(username.toLowerCase())) &&
    new Set(password).size >= 4;
  if (!isFine) {
    throw invalid(
      path,
      '(not shown)',
      `must have ${shortest} to ${longest} characters, at least 4 different ones, and not contain the user name`,
    );
  }
  if (commonPasswords.has(plain)) {
    throw invalid(path, '(not shown)', 'must not be one of the passwords that everybody guesses first');
  }
}

export function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

/** Whether a password is the one that was hashed; without a hash it takes as long and is false. */
export async function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  decoy ??= hash('', cost);
  // Nobody's password is that long; hashing it all the same would only be work.
  const isRight = await verify(passwordHash ?? (await decoy), password.slice(0, longest + 1));
  return passwordHash !== null && isRight;
}
