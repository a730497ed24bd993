import { outcomeText } from '../events/outcome-text.ts';
import { m } from '#messages';
import type { SignInEvent, UserSession } from './profile-queries.ts';
import { readUserAgent } from './user-agent.ts';

const methods = {
  PASSWORD: m.session_password,
  SETUP_LINK: m.profile_method_SETUP_LINK,
  OIDC: m.profile_method_OIDC,
  LDAP: m.profile_method_LDAP,
} satisfies Record<UserSession['method'], () => string>;

const factors: Record<string, () => string> = {
  TOTP: m.profile_factor_TOTP,
  RECOVERY_CODE: m.session_recovery_code,
};

const actions: Record<string, () => string> = {
  'session.signIn': m.profile_event_sign_in,
  'session.askSecondFactor': m.profile_event_ask,
  'session.end': m.profile_event_end,
  'session.endAll': m.profile_event_end_all,
};

const problems: Record<string, () => string> = {
  WRONG_PASSWORD: m.profile_problem_WRONG_PASSWORD,
  WRONG_CODE: m.profile_problem_WRONG_CODE,
  NOT_ENABLED: m.profile_problem_NOT_ENABLED,
};

/** How somebody signed in, in words. */
export function methodText(method: UserSession['method']): string {
  return methods[method]();
}

/** Both factors that were shown; `undefined` when neither is known. */
export function proofText({
  method,
  secondFactor,
}: Pick<SignInEvent, 'method' | 'secondFactor'>): string | undefined {
  const parts = [method && methodText(method), secondFactor && factors[secondFactor]?.()];
  const known = parts.filter((part) => part !== null && part !== undefined && part !== '');
  return known.length === 0 ? undefined : known.join(' + ');
}

/** What happened, in words. */
export function signInActionText(action: string): string {
  return actions[action]?.() ?? action;
}

/** Why it was refused, in words. */
export function refusalText({ outcome, problem }: Pick<SignInEvent, 'outcome' | 'problem'>): string {
  return problems[problem ?? '']?.() ?? outcomeText(outcome);
}

/** `Chrome on Linux`, or what it says of itself where that is not known. */
export function browserText(userAgent: string): string {
  const { browser, system } = readUserAgent(userAgent);
  if (browser !== undefined && system !== undefined) return m.profile_browser_on({ browser, system });
  return browser ?? system ?? (userAgent === '' ? m.profile_browser_unknown() : userAgent);
}
