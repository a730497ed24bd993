import { describe, expect, it } from 'vitest';
import { apiKeyInput, networksIn, type NewKey } from './new-key.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const key: NewKey = {
  name: ' backup ',
  isWhole: false,
  scopes: ['virtualMachine.*'],
  networks: '10.0.0.0/8, 192.0.2.7\n2001:db8::/32',
  lifetime: '90',
  endDate: '',
};

describe('a new API key', () => {
  it('is asked for as it was filled in', () => {
    expect(apiKeyInput(key, now)).toEqual({
      name: 'backup',
      scopes: ['virtualMachine.*'],
      allowedCidrs: ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32'],
      expiresAt: '2026-04-01T00:00:00.000Z',
    });
  });

  it('may do all that its owner may, for ever', () => {
    const whole = apiKeyInput({ ...key, isWhole: true, lifetime: 'never' }, now);
    expect(whole).toMatchObject({ scopes: [], expiresAt: null });
  });

  it('ends with the day that was chosen, where that is', () => {
    const { expiresAt } = apiKeyInput({ ...key, lifetime: 'date', endDate: '2026-02-03' }, now);
    const end = new Date(String(expiresAt));
    expect([end.getDate(), end.getHours(), end.getMinutes()]).toEqual([3, 23, 59]);
  });

  it('takes networks however they are separated', () => {
    expect(networksIn(' 10.0.0.0/8，10.1.0.0/16;\n ')).toEqual(['10.0.0.0/8', '10.1.0.0/16']);
    expect(networksIn('')).toEqual([]);
  });
});
