import { expect, it } from 'vitest';
import { alertFilter } from './alert-filter.ts';

function address(text: string) {
  const parameters = new URLSearchParams(text);
  return {
    value: (name: string) => parameters.get(name) ?? undefined,
    chosen: <Value extends string>(name: string, allowed: readonly Value[]) =>
      allowed.filter((value) => parameters.getAll(name).includes(value)),
  };
}

it('asks for open alerts unless the address says otherwise', () => {
  expect(alertFilter(address(''))).toEqual({ isOpen: true, zoneId: null, targetId: null });
  expect(alertFilter(address('state=CLEARED')).isOpen).toBe(false);
  expect(alertFilter(address('state=ANY')).isOpen).toBeNull();
  expect(alertFilter(address('state=UNACKNOWLEDGED'))).toMatchObject({ isOpen: true, isAcknowledged: false });
  expect(alertFilter(address('severity=CRITICAL&kind=HOST_DOWN&kind=NONE&target=host_1'))).toMatchObject({
    severity: ['CRITICAL'],
    kind: ['HOST_DOWN'],
    targetId: 'host_1',
  });
});
