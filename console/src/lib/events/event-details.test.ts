import { describe, expect, it } from 'vitest';
import { otherDetails } from './event-details.ts';

describe('otherDetails', () => {
  it('are what is no changed field', () => {
    const changes = JSON.stringify({
      name: { before: 'a', after: 'b' },
      limit: 'virtualMachines',
      maximum: 10,
      which: { id: 'x' },
    });
    const changedFields = [{ field: 'name', before: 'a', after: 'b' }];
    expect(otherDetails({ changes, changedFields })).toEqual([
      { name: 'limit', text: 'virtualMachines' },
      { name: 'maximum', text: '10' },
      { name: 'which', text: '{"id":"x"}' },
    ]);
  });

  it('are none where nothing is known', () => {
    expect(otherDetails({ changes: null, changedFields: [] })).toEqual([]);
  });
});
