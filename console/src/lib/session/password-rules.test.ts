import { describe, expect, it } from 'vitest';
import { passwordFault } from './password-rules.ts';

describe('passwordFault', () => {
  it.each([
    ['short', 'TOO_SHORT'],
    ['aaaaaaaaab', 'TOO_PLAIN'],
    ['my-Alice-password', 'HAS_NAME'],
    ['correct horse battery', undefined],
  ])('of %j is %j', (password, fault) => expect(passwordFault(password, 'alice')).toBe(fault));

  it('lets a name of a letter or two be part of it', () => {
    expect(passwordFault('al dente pasta', 'al')).toBeUndefined();
  });
});
