import { wholeNumber } from './definition.ts';

/** How agents are heard, and how long what they do may take. */
export const agentSettings = {
  'ping.interval': wholeNumber({
    description: 'Seconds between two signs of life of an agent.',
    fallback: '10',
    from: 1,
    to: 3600,
  }),
  'ping.timeout': wholeNumber({
    description:
      'Seconds of silence after which an agent counts as disconnected; at the least half as long again as ping.interval was when it connected.',
    fallback: '25',
    from: 2,
    to: 36_000,
  }),
  'alert.wait': wholeNumber({
    description: 'Seconds after which a disconnected host goes to ALERT and its machines to UNKNOWN.',
    fallback: '60',
    from: 1,
    to: 36_000,
  }),
  'ca.framework.cert.expiry.alert.period': wholeNumber({
    description:
      'Days before the end of an agent’s certificate from which an alert tells of it. Agents renew theirs earlier.',
    fallback: '15',
    from: 1,
    to: 90,
  }),
  migratewait: wholeNumber({
    description: 'Seconds that a live migration may take.',
    fallback: '3600',
    from: 10,
    to: 360_000,
  }),
  wait: wholeNumber({
    description: 'Seconds that an ordinary agent command may take.',
    fallback: '300',
    from: 5,
    to: 36_000,
  }),
  'copy.volume.wait': wholeNumber({
    description: 'Seconds that copying a disk or downloading an image may take.',
    fallback: '10800',
    from: 60,
    to: 360_000,
  }),
} as const;
