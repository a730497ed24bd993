import { m } from '#messages';

const texts: Record<string, () => string> = {
  'unknown-provider': m.session_provider_unknown,
  unavailable: m.session_provider_unavailable,
  expired: m.session_provider_expired,
  declined: m.session_provider_declined,
  'bad-answer': m.session_provider_bad_answer,
  'not-enabled': m.session_provider_not_enabled,
  'no-role': m.session_provider_no_role,
  'bad-username': m.session_provider_bad_username,
  'username-taken': m.session_provider_username_taken,
  'domain-gone': m.session_provider_domain_gone,
  'too-many-attempts': m.problem_code_RATE_LIMITED,
};

/** Why a sign-in with an identity provider led back to the sign-in page, in words. */
export function signInProblemText(problem: string): string {
  return texts[problem]?.() ?? m.session_provider_failed();
}
