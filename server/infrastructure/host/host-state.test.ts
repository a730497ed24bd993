import { expect, test } from 'vitest';
import { adminStatesThatAccept, hostAdminTransitions, nextAdminState } from './host-state.ts';

test('every way out of service leads back into it', () => {
  expect(nextAdminState('DISABLED', 'enable')).toBe('ENABLED');
  for (const state of ['PREPARE_FOR_MAINTENANCE', 'MAINTENANCE', 'ERROR_IN_MAINTENANCE'] as const)
    expect(nextAdminState(state, 'cancelMaintenance')).toBe('ENABLED');
});

test('only emptying ends in MAINTENANCE', () => {
  const ways = Object.entries(hostAdminTransitions).flatMap(([from, events]) =>
    Object.entries(events).map(([event, to]) => ({ from, event, to })),
  );
  expect(ways.filter(({ from, to }) => to === 'MAINTENANCE' && from !== to)).toEqual([
    { from: 'PREPARE_FOR_MAINTENANCE', event: 'emptied', to: 'MAINTENANCE' },
  ]);
});

test('a host that may get machines, or is losing them, is not deleted', () => {
  expect(adminStatesThatAccept('delete')).toEqual(['DISABLED', 'MAINTENANCE', 'ERROR_IN_MAINTENANCE']);
});
