import type { VariablesOf } from '../api/graphql.ts';
import type { eventsQuery } from './event-queries.ts';

type Filter = NonNullable<VariablesOf<typeof eventsQuery>['filter']>;

/** Filters that are text, by their names in the address. */
export const textFilters = ['action', 'actor', 'target', 'address'] as const;
export type TextFilter = (typeof textFilters)[number];

/** Spans of time that end now, in hours. */
const ranges = { '1h': 1, '24h': 24, '7d': 168, '30d': 720 } as const;
type Range = keyof typeof ranges;

const minuteMs = 60_000;
const hourMs = 3_600_000;

/** Outcomes that are more than one: whatever was refused. */
export const refused = 'REFUSED';
export const succeeded = 'SUCCEEDED';

/** A moment as the API takes it; `undefined` for text that is none. */
function momentOf(text: string | undefined): string | undefined {
  const moment = new Date(text ?? '');
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}

function outcomeFilter(outcome: string | undefined): Filter {
  if (outcome === refused || outcome === succeeded) return { isRefused: outcome === refused };
  return { outcome };
}

function timeFilter(value: (name: string) => string | undefined, now: number): Filter {
  const range = value('range');
  if (range === undefined || !Object.hasOwn(ranges, range)) {
    return { since: momentOf(value('since')), until: momentOf(value('until')) };
  }
  const fullMinute = Math.floor(now / minuteMs) * minuteMs;
  return { since: new Date(fullMinute - ranges[range as Range] * hourMs).toISOString() };
}

/**
 * What is asked of the server, given what the address says.
 * @param value of a filter in the address
 * @param now in milliseconds; a span of time moves on with every full minute
 */
export function eventFilter(value: (name: string) => string | undefined, now: number): Filter {
  const filter: Record<string, unknown> = {
    action: value('action'),
    actorName: value('actor'),
    targetId: value('target'),
    clientAddress: value('address'),
    ...outcomeFilter(value('outcome')),
    ...timeFilter(value, now),
  };
  return Object.fromEntries(Object.entries(filter).filter(([, each]) => each !== undefined));
}
