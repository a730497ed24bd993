import { choice, tags, wholeNumber } from './definition.ts';

const day = 86_400;

/** How machines live: how long they have, where they go, how they are watched. */
export const machineSettings = {
  'expunge.delay': wholeNumber({
    description: 'Seconds that a destroyed machine can be recovered before it is expunged.',
    fallback: String(day),
    from: 0,
    to: 365 * day,
  }),
  'expunge.interval': wholeNumber({
    description: 'Seconds between two looks for destroyed machines whose time is over.',
    fallback: '60',
    from: 1,
    to: day,
  }),
  'vm.stop.grace': wholeNumber({
    description: 'Seconds that a guest has to shut down before its plug is pulled.',
    fallback: '60',
    from: 0,
    to: 3600,
    scopes: ['ACCOUNT', 'DOMAIN'],
  }),
  'vm.schedule.missed.minutes': wholeNumber({
    description: 'Minutes after which something scheduled that the platform was away for is not made up for.',
    fallback: '15',
    from: 1,
    to: 1440,
  }),
  'vm.snapshot.max': wholeNumber({
    description: 'Snapshots that a machine may have.',
    fallback: '10',
    from: 0,
    to: 100,
    scopes: ['ACCOUNT', 'DOMAIN'],
  }),
  'vm.lease.warning.hours': wholeNumber({
    description: 'Hours before the end of its lease in which a machine is shown as ending soon.',
    fallback: '24',
    from: 1,
    to: 8760,
  }),
  'vm.stats.interval': wholeNumber({
    description: 'Seconds between two samples of every running machine, every host and its storage pools.',
    fallback: '60',
    from: 1,
    to: 3600,
  }),
  'vm.stats.retention.minute.hours': wholeNumber({
    description: 'Hours that samples of each minute are kept, at least; they go day by day.',
    fallback: '24',
    from: 1,
    to: 8760,
  }),
  'vm.stats.retention.quarter.days': wholeNumber({
    description: 'Days that samples averaged over 15 minutes are kept.',
    fallback: '30',
    from: 1,
    to: 3650,
  }),
  'vm.allocation.algorithm': choice({
    description:
      'Which of the hosts that fit gets a machine whose offering says nothing of it: FIRST_FIT the oldest, DISPERSING the one with the fewest machines of the owner, CONCENTRATING the one with the most, LEAST_CONSUMED the one that promised the smallest share of its processors and memory, RANDOM any.',
    fallback: 'LEAST_CONSUMED',
    words: ['FIRST_FIT', 'DISPERSING', 'CONCENTRATING', 'LEAST_CONSUMED', 'RANDOM'],
  }),
  'vm.strict.host.tags': tags({
    description:
      'Tags of offerings that a host must have even when an administrator names it; all others may be passed over so.',
    fallback: '',
  }),
  'host.maintenance.migrations': wholeNumber({
    description: 'Machines that leave a host at a time while it is prepared for maintenance.',
    fallback: '2',
    from: 1,
    to: 100,
  }),
  'vm.migrate.downtime.ms': wholeNumber({
    description: 'Milliseconds that a guest may stand still at the end of a live migration.',
    fallback: '300',
    from: 1,
    to: 60_000,
  }),
} as const;
