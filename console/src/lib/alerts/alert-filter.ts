import { alertKindNames } from './alert-kinds.ts';
import { severities } from './alert-looks.ts';
import type { AlertFilter } from './alert-queries.ts';

/** States one can ask for besides those that are open. */
export const otherStates = ['UNACKNOWLEDGED', 'CLEARED', 'ANY'] as const;

interface Address {
  value: (name: string) => string | undefined;
  chosen: <Value extends string>(name: string, allowed: readonly Value[]) => Value[];
}

/** What is asked of the server, given what the address says: those that are open when it says nothing. */
export function alertFilter(address: Address): AlertFilter {
  const state = address.value('state');
  const severity = address.chosen('severity', severities);
  const kind = address.chosen('kind', alertKindNames);
  return {
    isOpen: state === 'ANY' ? null : state !== 'CLEARED',
    ...(state === 'UNACKNOWLEDGED' && { isAcknowledged: false }),
    ...(severity.length > 0 && { severity }),
    ...(kind.length > 0 && { kind }),
    zoneId: address.value('zone') ?? null,
    targetId: address.value('target') ?? null,
  };
}
