import type { ExecutionResult, Sink } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { resumable } from './resumable.ts';

const silent: Sink<ExecutionResult> = {
  next: () => undefined,
  error: () => undefined,
  complete: () => undefined,
};
const after = (cursor: string) => ({ data: { changes: { cursor, changes: [] } } });

describe('resumable', () => {
  it('goes on after the last change that came, in the same payload', () => {
    const { payload, sink } = resumable({ query: 'subscription', variables: { after: 'c1' } }, silent);
    const sent = payload;
    sink.next(after('c2'));
    sink.next(after('c3'));
    expect(sent.variables).toEqual({ after: 'c3' });
  });

  it('leaves other subscriptions, and the variables that it was given, as they are', () => {
    const variables = { id: 'vm_1' };
    const { payload, sink } = resumable({ query: 'subscription', variables }, silent);
    sink.next({ data: { virtualMachineStatistics: {} } });
    sink.next({ errors: [] });
    expect(payload.variables).toEqual(variables);
    expect(variables).toEqual({ id: 'vm_1' });
  });
});
