import type { Check } from '../../../platform/validation.ts';

const mostBytes = 32 * 1024;

/** Notes what is wrong with a machine's user data. */
export function checkUserData(check: Check, userData: string | null | undefined): void {
  if (userData == null) return;
  const bytes = Buffer.byteLength(userData);
  check.that(bytes <= mostBytes, 'input.userData', bytes, `must be at most ${mostBytes} bytes`);
  check.that(!userData.includes('\0'), 'input.userData', null, 'must be text');
}
