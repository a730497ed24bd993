import { hash, verify } from '@node-rs/argon2';
import { invalid } from '../../platform/errors.ts';

/** OWASP's recommendation for Argon2id: 19 MiB, two passes, one lane. */
const argon2id = 2;
const cost = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const shortest = 8;
const longest = 256;

/** A hash of no one's password: verifying against it takes as long as against a real one. */
let decoy: Promise<string> | undefined;

/** @throws PlatformError VALIDATION_FAILED; the password itself is not repeated */
export function assertGoodPassword(path: string, password: string, username: string): void {
  const isFine =
    password.length >= shortest &&
    password.length <= longest &&
    !password.toLowerCase().includes(username.toLowerCase()) &&
    new Set(password).size >= 4;
  if (!isFine) {
    throw invalid(
      path,
      '(not shown)',
      `must have ${shortest} to ${longest} characters, at least 4 different ones, and not contain the user name`,
    );
  }
}

export function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

/** Whether a password is the one that was hashed; without a hash it takes as long and is false. */
export async function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  decoy ??= hash('', cost);
  const isRight = await verify(passwordHash ?? (await decoy), password);
  return passwordHash !== null && isRight;
}
