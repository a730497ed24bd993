import { describe, expect, it } from 'vitest';
import { alertText, factMoment } from './alert-text.ts';

const fact = (name: string, value: string) => ({ name, value });

describe('what an alert says', () => {
  it('is made of its facts', () => {
    const facts = [fact('percent', '91'), fact('closedAbove', '95')];
    const text = alertText({ kind: 'POOL_USED', facts, message: '' });
    expect(text).toContain('91 %');
    expect(text).toContain('95 %');
  });

  it('leaves out what is not known', () => {
    expect(alertText({ kind: 'JOB_STUCK', facts: [fact('reason', '')], message: '' })).not.toContain(':');
    expect(alertText({ kind: 'JOB_STUCK', facts: [fact('reason', 'no answer')], message: '' })).toMatch(
      /: no answer$/,
    );
  });

  it('is the server’s own where nothing is known of its kind', () => {
    const newer = { kind: 'NEWER' as 'JOB_STUCK', facts: [], message: 'The moon is full.' };
    expect(alertText(newer)).toBe('The moon is full.');
  });

  it('has moments as people write them, and anything else as it came', () => {
    expect(factMoment('2026-11-28 22:40 UTC')).toMatch(/2026/);
    expect(factMoment('2026-11-28 22:40 UTC')).not.toContain('UTC');
    expect(factMoment('yesterday')).toBe('yesterday');
  });
});
