import { describe, expect, it } from 'vitest';
import type { ApiKey } from './api-key-queries.ts';
import { sortedKeys } from './sorted-keys.ts';

const key = (name: string, facts: Partial<ApiKey> = {}): ApiKey => ({
  id: `key_${name}`,
  name,
  scopes: [],
  allowedCidrs: [],
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: null,
  isExpired: false,
  lastUsedAt: null,
  lastUsedAddress: null,
  ...facts,
});
const namesOf = (keys: ApiKey[]) => keys.map(({ name }) => name);

describe('sortedKeys', () => {
  const keys = [
    key('Beta', { expiresAt: '2026-03-01T00:00:00.000Z' }),
    key('alpha'),
    key('gamma', { expiresAt: '2026-02-01T00:00:00.000Z', scopes: ['zone.list'] }),
  ];

  it('orders by name whatever the case', () => {
    expect(namesOf(sortedKeys(keys, '', { field: 'NAME', direction: 'ASC' }))).toEqual([
      'alpha',
      'Beta',
      'gamma',
    ]);
  });

  it('puts those that never end behind those that do', () => {
    const sorted = sortedKeys(keys, '', { field: 'EXPIRES_AT', direction: 'ASC' });
    expect(namesOf(sorted)).toEqual(['gamma', 'Beta', 'alpha']);
  });

  it('looks into names and rights', () => {
    expect(namesOf(sortedKeys(keys, 'ZONE', { field: 'NAME', direction: 'ASC' }))).toEqual(['gamma']);
    expect(namesOf(sortedKeys(keys, 'et', { field: 'NAME', direction: 'ASC' }))).toEqual(['Beta']);
  });
});
