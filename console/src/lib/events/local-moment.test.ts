import { describe, expect, it } from 'vitest';
import { toLocalInput } from './local-moment.ts';

describe('toLocalInput', () => {
  it('is read back as the same minute', () => {
    const moment = '2026-03-29T10:20:00.000Z';
    expect(new Date(toLocalInput(moment)).toISOString()).toBe(moment);
  });

  it('is empty for what is no moment', () => {
    expect(toLocalInput(undefined)).toBe('');
    expect(toLocalInput('soon')).toBe('');
  });
});
