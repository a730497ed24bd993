import { describe, expect, it } from 'vitest';
import { isHours, isUntouched, noPolicy, policyInput, typedPolicy } from './policy-form.ts';

const policy = {
  isEnforced: true,
  alertBelow: ['100', '20.5'],
  graceAfterHours: 0,
  stopAfterHours: 24,
  lockAfterHours: null,
  version: 3,
};

describe('a policy in a form', () => {
  it('comes out as it went in', () => {
    const { version, ...facts } = policy;
    expect(policyInput({ kind: 'domain', id: 'dom_1' }, typedPolicy(policy), version)).toEqual({
      ...{ ...facts, accountId: null, domainId: 'dom_1', expectedVersion: version },
    });
  });

  it('is of no version where there was none', () => {
    const input = policyInput({ kind: 'account', id: 'acct_1' }, typedPolicy(noPolicy), noPolicy.version);
    expect(input).toMatchObject({ accountId: 'acct_1', domainId: null, expectedVersion: 0, alertBelow: [] });
  });

  it('follows what is saved meanwhile only as long as nothing was typed', () => {
    const taken = typedPolicy(policy);
    expect(isUntouched({ ...taken }, taken)).toBe(true);
    expect(isUntouched({ ...taken, lockAfterHours: '72' }, taken)).toBe(false);
  });

  it.each([
    ['', true],
    ['0', true],
    [' 8760 ', true],
    ['8761', false],
    ['1.5', false],
    ['-1', false],
    ['soon', false],
  ])('takes %j for hours: %j', (text, isRight) => expect(isHours(text)).toBe(isRight));
});
