import type { Violation } from '../api/problem.ts';
import { locale } from '../i18n/locale.svelte.ts';
import { m } from '#messages';
import { generalRules } from './general-rules.ts';

/** Rules of the server that are met most, as its sentences say them, and how they are told in the reader’s language. */
const rules: readonly [RegExp, (...found: string[]) => string][] = [
  [/^must be from (\S+) to (\S+)$/, (_, from = '', to = '') => m.rules_range({ from, to })],
  [/^must be at most (\d+)$/, (_, most = '') => m.rules_most({ most })],
  [/^must be at most (\d+) characters without line breaks/, (_, most = '') => m.rules_line({ most })],
  [/^must be 1 to (\d+) letters, digits, spaces/, (_, most = '') => m.rules_name({ most })],
  [/^must be 1 to (\d+) lower-case letters, digits, dots/, (_, most = '') => m.rules_user_name({ most })],
  [/^must be 1 to (\d+) lower-case letters, digits or dashes/, (_, most = '') => m.rules_host_name({ most })],
  [/^(?:is|must not be) the name of another/, () => m.rules_taken()],
  [/^must name at least one host$/, () => m.rules_hosts()],
  [/^must be a domain name/, () => m.rules_domain_name()],
  [/^must be an IP address or a host name/, () => m.rules_address()],
  [/^must be given: a password or/, () => m.rules_secret()],
  [/^must be a fingerprint/, () => m.rules_fingerprint()],
  [/^must be a private key/, () => m.rules_private_key()],
  [/^no storage agent is connected/, () => m.rules_no_storage_agent()],
  [/^must be given$/, () => m.rules_given()],
  [/^must be left out$/, () => m.rules_left_out()],
  [/^must be an absolute path/, () => m.rules_path()],
  [/^must be an IPv4 address/, () => m.rules_ip()],
  [/^must be a network (?:in CIDR notation|from \/8 to \/30)/, () => m.rules_network()],
  [/^must be an e-mail address/, () => m.rules_email()],
  [/^must be a currency/, () => m.rules_currency()],
  [
    /^must be (?:zero or more|a decimal that is not negative).* (\d+) (?:digits )?after the point$/,
    (_, places = '') => m.rules_zero_or_more({ places }),
  ],
  [/^must be above 0.* (\d+) after the point$/, (_, places = '') => m.rules_above_zero({ places })],
  [/^must be a time zone/, () => m.rules_time_zone()],
  [/^must be five fields/, () => m.rules_cron()],
  [/^must (?:be|lie) in the future$/, () => m.rules_future()],
  [/^must be a month like 2026-11$/, () => m.rules_month()],
  [/^must be another password/, () => m.rules_another_password()],
  [/^must be your password as it is now/, () => m.rules_own_password()],
  [/^must not be one of the passwords that everybody/, () => m.rules_guessed_password()],
];

/** What a value must be, in the reader’s language where that is known; otherwise as the server says it. */
export function ruleText(rule: string): string {
  for (const [pattern, text] of locale.current === 'en' ? rules : [...rules, ...generalRules]) {
    const found = pattern.exec(rule);
    if (found !== null) return text(...found);
  }
  return rule;
}

/** What breaks a rule, and which: by the label of its field, or else by its value. */
export function violationText({ value, rule }: Violation, label?: string): string {
  const hasValue = value !== undefined && value !== 'null' && value !== '""';
  const field = label ?? (hasValue ? value : undefined);
  return field === undefined ? ruleText(rule) : m.rules_of({ field, rule: ruleText(rule) });
}
