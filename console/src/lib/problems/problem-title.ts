import { m } from '#messages';

const titles: Record<string, () => string> = {
  NETWORK: m.problem_code_NETWORK,
  CONSOLE: m.problem_code_CONSOLE,
  UNAUTHENTICATED: m.problem_code_UNAUTHENTICATED,
  FORBIDDEN: m.problem_code_FORBIDDEN,
  NOT_FOUND: m.problem_code_NOT_FOUND,
  VALIDATION_FAILED: m.problem_code_VALIDATION_FAILED,
  INVALID_STATE: m.problem_code_INVALID_STATE,
  RESOURCE_LIMIT_EXCEEDED: m.problem_code_RESOURCE_LIMIT_EXCEEDED,
  INSUFFICIENT_CAPACITY: m.problem_code_INSUFFICIENT_CAPACITY,
  RESOURCE_IN_USE: m.problem_code_RESOURCE_IN_USE,
  VERSION_CONFLICT: m.problem_code_VERSION_CONFLICT,
  IDEMPOTENCY_CONFLICT: m.problem_code_IDEMPOTENCY_CONFLICT,
  RATE_LIMITED: m.problem_code_RATE_LIMITED,
  QUERY_TOO_COMPLEX: m.problem_code_QUERY_TOO_COMPLEX,
  HOST_UNREACHABLE: m.problem_code_HOST_UNREACHABLE,
  HOST_UNFIT: m.problem_code_HOST_UNFIT,
  AGENT_UNREACHABLE: m.problem_code_AGENT_UNREACHABLE,
  AGENT_FAILED: m.problem_code_AGENT_FAILED,
  CURSOR_EXPIRED: m.problem_code_CURSOR_EXPIRED,
  STUCK: m.problem_code_STUCK,
  TIMEOUT: m.problem_code_TIMEOUT,
  INTERNAL: m.problem_code_INTERNAL,
  CANCELLED: m.problem_code_CANCELLED,
};

const remedies: Record<string, () => string> = {
  NETWORK: m.problem_remedy_NETWORK,
  UNAUTHENTICATED: m.problem_remedy_UNAUTHENTICATED,
  FORBIDDEN: m.problem_remedy_FORBIDDEN,
  INVALID_STATE: m.problem_remedy_INVALID_STATE,
  RESOURCE_LIMIT_EXCEEDED: m.problem_remedy_RESOURCE_LIMIT_EXCEEDED,
  INSUFFICIENT_CAPACITY: m.problem_remedy_INSUFFICIENT_CAPACITY,
  RESOURCE_IN_USE: m.problem_remedy_RESOURCE_IN_USE,
  HOST_UNREACHABLE: m.problem_remedy_HOST_UNREACHABLE,
  HOST_UNFIT: m.problem_remedy_HOST_UNFIT,
  AGENT_UNREACHABLE: m.problem_remedy_AGENT_UNREACHABLE,
  AGENT_FAILED: m.problem_remedy_AGENT_FAILED,
  STUCK: m.problem_remedy_STUCK,
  TIMEOUT: m.problem_remedy_TIMEOUT,
  INTERNAL: m.problem_remedy_INTERNAL,
};

/** What to do about an error code, in general; `undefined` where that depends on what it was. */
export function problemRemedy(code: string): string | undefined {
  return remedies[code]?.();
}

/** What an error code means, in words. */
export function problemTitle(code: string): string {
  return titles[code]?.() ?? code;
}
