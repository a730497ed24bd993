import { describe, expect, it } from 'vitest';
import { parseUses, withUse, worth, type Use } from './uses.ts';

const now = Date.parse('2026-06-01T00:00:00Z');
const day = 86_400_000;

describe('uses', () => {
  it('are worth half after a week', () => {
    expect(worth({ id: 'a', count: 4, at: now - 7 * day }, now)).toBe(2);
  });

  it('put first what was chosen often and lately', () => {
    let uses: Use[] = [];
    for (let time = 0; time < 5; time++) uses = withUse(uses, { id: 'old habit' }, now - 60 * day);
    uses = withUse(uses, { id: 'new' }, now - day);
    uses = withUse(uses, { id: 'new' }, now);
    expect(uses.map(({ id }) => id)).toEqual(['new', 'old habit']);
    for (let index = 0; index < 60; index++) uses = withUse(uses, { id: `thing ${index}` }, now);
    expect(uses).toHaveLength(40);
    expect(uses[0]?.id).toBe('new');
  });

  it('are taken only as they should be', () => {
    expect(parseUses('nonsense')).toBeUndefined();
    expect(parseUses([{ id: 'a', count: 1, at: now }, null, { id: 1 }])).toEqual([
      { id: 'a', count: 1, at: now },
    ]);
  });
});
