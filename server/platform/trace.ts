import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** What ties log lines, jobs and agent commands to the request that caused them. */
export interface Trace {
  /** 32 hexadecimal digits, as in W3C trace context. */
  traceId: string;
  requestId?: string;
  jobId?: string;
}

const storage = new AsyncLocalStorage<Trace>();

/** A new trace id. */
export function newTraceId(): string {
  return randomBytes(16).toString('hex');
}

/** The trace that this code runs under, if any. */
export function currentTrace(): Trace | undefined {
  return storage.getStore();
}

/** The id of the current trace, or of one that begins here. */
export function currentTraceId(): string {
  return storage.getStore()?.traceId ?? newTraceId();
}

/** Runs `action` and all it starts under a trace. */
export function withTrace<Result>(trace: Trace, action: () => Result): Result {
  return storage.run(trace, action);
}

/** The trace id in a `traceparent` header, when there is a well-formed one. */
export function traceIdFrom(traceparent: string | undefined): string | undefined {
  return /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(traceparent ?? '')?.[1];
}
