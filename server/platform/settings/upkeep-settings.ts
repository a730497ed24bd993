import { wholeNumber } from './definition.ts';

/** How long what happened is kept, and how often somebody looks. */
export const upkeepSettings = {
  'alert.interval': wholeNumber({
    description: 'Seconds between two looks for what operators have to be told of.',
    fallback: '30',
    from: 1,
    to: 3600,
  }),
  'alert.purge.delay': wholeNumber({
    description: 'Days that alerts are kept after they cleared, and notices to owners of accounts.',
    fallback: '30',
    from: 1,
    to: 3650,
  }),
  'change.feed.retention.days': wholeNumber({
    description: 'Days that the change feed reaches back.',
    fallback: '7',
    from: 1,
    to: 365,
  }),
  'audit.retention.months': wholeNumber({
    description: 'Months that audit events are kept.',
    fallback: '24',
    from: 1,
    to: 240,
  }),
  'job.expire.days': wholeNumber({
    description: 'Days that finished jobs are kept.',
    fallback: '30',
    from: 1,
    to: 3650,
  }),
} as const;
