import { choice, trueOrFalse, wholeNumber } from './definition.ts';

/** Who gets in, and how often. */
export const accessSettings = {
  'session.idle.minutes': wholeNumber({
    description: 'Minutes without a request after which a session ends.',
    fallback: '480',
    from: 1,
    to: 100_000,
  }),
  'session.absolute.hours': wholeNumber({
    description: 'Hours after sign-in after which a session ends in any case.',
    fallback: '168',
    from: 1,
    to: 8760,
  }),
  'signin.attempts.before.lock': wholeNumber({
    description: 'Failed sign-ins in a row after which a user is locked out for a while.',
    fallback: '5',
    from: 1,
    to: 100,
  }),
  'password.min.length': wholeNumber({
    description: 'Characters that a new password has at least.',
    fallback: '8',
    from: 8,
    to: 128,
  }),
  'second.factor.required': choice({
    description:
      'Who has to set up a second factor before anything else: none, admins (every type of account but USER), or everybody. Users of an OpenID Connect provider show theirs there; API keys go on working.',
    fallback: 'none',
    words: ['none', 'admins', 'everybody'],
  }),
  'api.requests.per.second.per.actor': wholeNumber({
    description:
      'Operations that one user, or one API key, may send to one server in a second; ten seconds’ worth at once. 0: any number.',
    fallback: '500',
    from: 0,
    to: 1_000_000,
  }),
  'api.requests.per.second.per.address': wholeNumber({
    description:
      'Requests and new connections that one server takes from one client address in a second; ten seconds’ worth at once. 0: any number.',
    fallback: '1000',
    from: 0,
    to: 1_000_000,
  }),
  'signin.per.minute.per.address': wholeNumber({
    description:
      'Attempts to sign in, and API keys that are not good, that one server takes from one client address in a minute. 0: any number.',
    fallback: '60',
    from: 0,
    to: 1_000_000,
  }),
  'project.invite.required': trueOrFalse({
    description:
      'Whether accounts are asked before they take part in a project; otherwise they take part at once.',
    fallback: 'true',
    scopes: ['DOMAIN'],
  }),
  'project.invite.timeout': wholeNumber({
    description: 'Hours that an invitation to a project can be accepted.',
    fallback: String(24 * 7),
    from: 1,
    to: 8760,
  }),
} as const;
