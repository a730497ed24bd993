import type { CombinedError } from '@urql/core';

/** A value of the input that breaks a rule: `input.pod.gateway`, `must lie inside 10.1.0.0/16`. */
export interface Violation {
  path: string;
  /** The value as JSON, cut short; absent where the server does not say. */
  value?: string | undefined;
  rule: string;
}

/** Why something could not be had or done, as the server says it; code NETWORK when it says nothing. */
export interface Problem {
  code: string;
  message: string;
  cause?: string | undefined;
  remedy?: string | undefined;
  traceId?: string | undefined;
  violations: Violation[];
  details: Record<string, unknown>;
}

interface Extensions {
  code?: string;
  remedy?: string;
  traceId?: string;
  details?: Record<string, unknown> & {
    path?: string;
    value?: string;
    rule?: string;
    violations?: Violation[];
  };
}

/** The first error of an answer. */
export function problemOf(error: CombinedError): Problem {
  const [first] = error.graphQLErrors;
  if (first === undefined) {
    return {
      code: 'NETWORK',
      message: error.networkError?.message ?? error.message,
      violations: [],
      details: {},
    };
  }
  const { code = 'INTERNAL', remedy, traceId, details = {} } = first.extensions as Extensions;
  const { path, value, rule, violations } = details;
  const single = path === undefined ? [] : [{ path, value, rule: rule ?? first.message }];
  return { code, message: first.message, remedy, traceId, details, violations: violations ?? single };
}

/** A problem that is thrown: by mutations, whose callers await them. */
export class ProblemError extends Error {
  override name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** What went wrong, whatever was thrown. */
export function problemFrom(thrown: unknown): Problem {
  if (thrown instanceof ProblemError) return thrown.problem;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'CONSOLE', message, violations: [], details: {} };
}
