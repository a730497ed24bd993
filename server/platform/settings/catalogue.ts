/** What one setting may hold. */
export interface SettingDefinition<Value> {
  description: string;
  /** Text of the default. */
  fallback: string;
  /** What is allowed, for people. */
  rule: string;
  /** @returns `undefined` for text outside the rule */
  read(text: string): Value | undefined;
}

const wholeNumber = (facts: {
  description: string;
  fallback: string;
  from: number;
  to: number;
}): SettingDefinition<number> => ({
  ...facts,
  rule: `a whole number from ${facts.from} to ${facts.to}`,
  read: (text) => {
    if (!/^\d{1,15}$/.test(text)) return undefined;
    const number = Number(text);
    return number >= facts.from && number <= facts.to ? number : undefined;
  },
});

const cidr = /^(\d{1,3}(\.\d{1,3}){3}\/\d{1,2}|[0-9a-f:]+\/\d{1,3})$/i;

const networks = (facts: { description: string; fallback: string }): SettingDefinition<string[]> => ({
  ...facts,
  rule: 'networks like 10.0.0.0/8, separated by commas',
  read: (text) => {
    const parts = text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    return parts.every((part) => cidr.test(part)) ? parts : undefined;
  },
});

const day = 86_400;

/**
 * Every setting that operators may change while Nephos runs. Keys are CloudStack's where it has one. Values live in
 * the database, changes are applied at once and audited.
 */
export const settingsCatalogue = {
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
  }),
  'ping.interval': wholeNumber({
    description: 'Seconds between two signs of life of an agent.',
    fallback: '10',
    from: 1,
    to: 3600,
  }),
  'ping.timeout': wholeNumber({
    description: 'Seconds of silence after which an agent counts as disconnected.',
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
  'vm.stats.interval': wholeNumber({
    description: "Seconds between two samples of every running machine's counters.",
    fallback: '60',
    from: 1,
    to: 3600,
  }),
  'vm.stats.retention.days': wholeNumber({
    description: 'Days that samples are kept.',
    fallback: '7',
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
  'usage.event.retention.months': wholeNumber({
    description: 'Months that usage events are kept after they were turned into records.',
    fallback: '24',
    from: 2,
    to: 240,
  }),
  'job.expire.days': wholeNumber({
    description: 'Days that finished jobs are kept.',
    fallback: '30',
    from: 1,
    to: 3650,
  }),
  'session.idle.minutes': wholeNumber({
    description: 'Minutes without a request after which a session ends.',
    fallback: '480',
    from: 1,
    to: 100_000,
  }),
  'session.absolute.hours': wholeNumber({
    description: 'Hours after sign-in after which a session ends in any case.',
    fallback: '168',
    from: 1,
    to: 8760,
  }),
  'signin.attempts.before.lock': wholeNumber({
    description: 'Failed sign-ins in a row after which a user is locked out for a while.',
    fallback: '5',
    from: 1,
    to: 100,
  }),
  'secstorage.allowed.internal.sites': networks({
    description:
      'Private networks that templates and ISOs may be fetched from. All others are refused, the server itself included.',
    fallback: '',
  }),
  'image.max.bytes': wholeNumber({
    description: 'Largest template or ISO file, in bytes.',
    fallback: String(50 * 1024 ** 3),
    from: 1024 ** 2,
    to: 100 * 1024 ** 4,
  }),
  'image.max.virtual.bytes': wholeNumber({
    description: 'Largest disk that a template may unfold to, in bytes.',
    fallback: String(1024 ** 4),
    from: 1024 ** 2,
    to: 100 * 1024 ** 4,
  }),
  'storage.max.volume.gib': wholeNumber({
    description: 'Largest volume, in GiB.',
    fallback: '10240',
    from: 1,
    to: 1_000_000,
  }),
  'storage.overprovisioning.factor': wholeNumber({
    description: 'How many times its capacity a storage pool may be promised.',
    fallback: '2',
    from: 1,
    to: 100,
  }),
  'pool.storage.allocated.capacity.disablethreshold': wholeNumber({
    description: 'Percent of used space above which a pool gets no new volumes.',
    fallback: '85',
    from: 1,
    to: 100,
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

export type SettingKey = keyof typeof settingsCatalogue;
export type SettingValue<Key extends SettingKey> =
  (typeof settingsCatalogue)[Key] extends SettingDefinition<infer Value> ? Value : never;

export function isSettingKey(text: string): text is SettingKey {
  return Object.hasOwn(settingsCatalogue, text);
}
