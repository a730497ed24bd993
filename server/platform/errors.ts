/** Stable codes of `extensions.code`. Clients decide by them; messages are for people. */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'VALIDATION_FAILED'
  | 'INVALID_STATE'
  | 'RESOURCE_LIMIT_EXCEEDED'
  | 'INSUFFICIENT_CAPACITY'
  | 'RESOURCE_IN_USE'
  | 'VERSION_CONFLICT'
  | 'IDEMPOTENCY_CONFLICT'
  | 'CURSOR_EXPIRED'
  | 'RATE_LIMITED'
  | 'QUERY_TOO_COMPLEX'
  | 'AGENT_UNREACHABLE'
  | 'AGENT_FAILED'
  | 'HOST_UNREACHABLE'
  | 'HOST_UNFIT'
  | 'TIMEOUT'
  | 'CANCELLED'
  | 'INTERNAL';

export interface ErrorFacts extends ErrorOptions {
  /** Facts by name, for programs: field, value, limit, current state. */
  details?: Record<string, unknown>;
  /** What the reader can do about it. */
  remedy?: string;
}

/** An error that is an answer: what was wrong, with which value, and what to do. */
export class PlatformError extends Error {
  override name = 'PlatformError';
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;
  readonly remedy: string | undefined;

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, facts);
    this.code = code;
    this.details = facts.details;
    this.remedy = facts.remedy;
  }
}

/** What a caller may not see is answered just like what does not exist. */
export function notFound(kind: string, id: string): PlatformError {
  return new PlatformError('NOT_FOUND', `there is no ${kind} ${id}`, { details: { kind, id } });
}

/** A value in the input that breaks a rule. */
export interface Violation {
  /** Where it stands: `input.pod.gateway`. */
  path: string;
  value: unknown;
  /** The rule, as a sentence: `must lie inside 10.1.0.0/16`. */
  rule: string;
}

const longestShownValue = 120;

function shown(value: unknown): string {
  const text = JSON.stringify(value ?? null, (_, part: unknown) =>
    typeof part === 'bigint' ? part.toString() : part,
  );
  return text.length > longestShownValue ? `${text.slice(0, longestShownValue)}…` : text;
}

/** One error for all values of an input that break a rule. */
export function validationFailed(violations: readonly [Violation, ...Violation[]]): PlatformError {
  const sentences = violations.map(({ path, value, rule }) => `${path} is ${shown(value)}: ${rule}`);
  return new PlatformError('VALIDATION_FAILED', sentences.join('; '), {
    details: {
      ...violations[0],
      value: shown(violations[0].value),
      violations: violations.map((each) => ({ ...each, value: shown(each.value) })),
    },
  });
}

/** One value of an input that breaks a rule. */
export function invalid(path: string, value: unknown, rule: string): PlatformError {
  return validationFailed([{ path, value, rule }]);
}
