import { m } from '#messages';
import type { PasswordFault } from './password-rules.ts';

const texts: Record<PasswordFault, () => string> = {
  TOO_SHORT: m.session_setup_too_short,
  TOO_PLAIN: m.session_password_too_plain,
  HAS_NAME: m.session_password_has_name,
};

/** What is wrong with a password, in words. */
export function passwordFaultText(fault: PasswordFault): string {
  return texts[fault]();
}
