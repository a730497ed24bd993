import { describe, expect, it } from 'vitest';
import { eventFilter } from './event-filter.ts';

const now = Date.parse('2026-01-02T10:00:42Z');
const filterOf = (query: string) =>
  eventFilter((name) => new URLSearchParams(query).get(name) ?? undefined, now);

describe('eventFilter', () => {
  it('asks for everything when the address names nothing', () => {
    expect(filterOf('')).toEqual({});
  });

  it('takes each filter of the address', () => {
    expect(filterOf('action=virtualMachine.&actor=alice&target=vm_1&address=10.0.0.1')).toEqual({
      action: 'virtualMachine.',
      actorName: 'alice',
      targetId: 'vm_1',
      clientAddress: '10.0.0.1',
    });
  });

  it.each([
    ['outcome=SUCCEEDED', { isRefused: false }],
    ['outcome=REFUSED', { isRefused: true }],
    ['outcome=FORBIDDEN', { outcome: 'FORBIDDEN' }],
  ])('%s', (query, filter) => expect(filterOf(query)).toEqual(filter));

  it('counts a span of time back from the last full minute', () => {
    expect(filterOf('range=1h&since=2020-01-01T00:00:00Z')).toEqual({ since: '2026-01-02T09:00:00.000Z' });
  });

  it('takes moments, and leaves out what is none', () => {
    expect(filterOf('since=2026-01-01T00:00:00.000Z&until=soon')).toEqual({
      since: '2026-01-01T00:00:00.000Z',
    });
    expect(filterOf('range=toString')).toEqual({});
  });
});
