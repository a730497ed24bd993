import { usageSettings } from '@nephos/model/kernel/usage-settings.ts';
import { isTag } from '../tags.ts';
import { longestTerm, parsePrepaidDiscounts } from './prepaid-discounts.ts';

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

/** One of a few words. */
const choice = <Word extends string>(facts: {
  description: string;
  fallback: Word;
  words: readonly Word[];
}): SettingDefinition<Word> => ({
  ...facts,
  rule: `one of ${facts.words.join(', ')}`,
  read: (text) => facts.words.find((word) => word === text),
});

/** How much may be had at most; -1: as much as one likes. */
const maximum = (facts: { description: string; fallback: string }): SettingDefinition<number> => ({
  ...facts,
  rule: 'a whole number from 0 to 1000000000000, or -1 for no limit',
  read: (text) => (/^(-1|\d{1,12})$/.test(text) ? Number(text) : undefined),
});

const trueOrFalse = (facts: {
  description: string;
  fallback: 'true' | 'false';
}): SettingDefinition<boolean> => ({
  ...facts,
  rule: 'true or false',
  read: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
});

const tags = (facts: { description: string; fallback: string }): SettingDefinition<string[]> => ({
  ...facts,
  rule: 'tags of letters, digits, dots, dashes and underscores, separated by commas',
  read: (text) => {
    const parts = text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    return parts.every(isTag) ? parts : undefined;
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

/** What statements say of who sends them. */
const issuerText = (description: string): SettingDefinition<string> => ({
  description,
  fallback: '',
  rule: 'at most 255 characters without line breaks, < and >',
  read: (text) => (/^[^\p{Cc}<>]{0,255}$/u.test(text) && text.trim() === text ? text : undefined),
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
  }),
  'vm.lease.warning.hours': wholeNumber({
    description: 'Hours before the end of its lease in which a machine is shown as ending soon.',
    fallback: '24',
    from: 1,
    to: 8760,
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
  'ca.framework.cert.expiry.alert.period': wholeNumber({
    description:
      'Days before the end of an agent’s certificate from which an alert tells of it. Agents renew theirs earlier.',
    fallback: '15',
    from: 1,
    to: 90,
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
    fallback: usageSettings.keptMonths.fallback,
    from: 2,
    to: 240,
  }),
  'budget.check.interval': wholeNumber({
    description: 'Seconds between two comparisons of budgets with what is spent.',
    fallback: '60',
    from: 5,
    to: 3600,
  }),
  'usage.stats.job.aggregation.range': {
    description:
      'Minutes of a period that usage is summed up by: 1440 for days, 60 for hours. A change begins with the next period.',
    fallback: usageSettings.range.fallback,
    rule: 'a whole number that divides 1440',
    read: usageSettings.range.read,
  },
  'usage.aggregation.timezone': {
    description:
      'Time zone whose days and hours usage is summed up by. A change begins with the next period.',
    fallback: usageSettings.timeZone.fallback,
    rule: 'a time zone like Asia/Shanghai or UTC',
    read: usageSettings.timeZone.read,
  },
  'usage.stats.job.exec.time': {
    description:
      'Time of day at which the usage of the day before is summed up. Of shorter periods each is summed up so many minutes after its end as this time has after the hour.',
    fallback: usageSettings.runAt.fallback,
    rule: 'a time of day from 00:00 to 23:59',
    read: usageSettings.runAt.read,
  },
  'usage.export.expire.days': wholeNumber({
    description: 'Days that files of usage are kept.',
    fallback: '7',
    from: 1,
    to: 365,
  }),
  'usage.export.max.bytes': wholeNumber({
    description: 'Longest file of usage that is made, in bytes. Files lie in the database.',
    fallback: String(2 * 1024 ** 3),
    from: 1024 ** 2,
    to: 1024 ** 4,
  }),
  'usage.export.run.expire.days': wholeNumber({
    description: 'Days that it is kept which files of usage schedules sent, and which they could not send.',
    fallback: '90',
    from: 1,
    to: 3650,
  }),
  'usage.export.allowed.internal.sites': networks({
    description:
      'Private networks that files of usage may be sent to, to buckets and webhooks. All others are refused, the usage daemon’s machine included.',
    fallback: '',
  }),
  'usage.provider.name': {
    description: 'Who provides and bills what is used, as files of usage name them.',
    fallback: 'Nephos',
    rule: '1 to 64 characters without line breaks, < and >',
    read: (text: string) => (/^[^\p{Cc}<>]{1,64}$/u.test(text) && text.trim() === text ? text : undefined),
  },
  'billing.issuer.address': issuerText('Address of who sends statements, as they show it.'),
  'billing.issuer.tax.id': issuerText('Number for taxes of who sends statements, as they show it.'),
  'billing.issuer.contact': issuerText(
    'Whom to ask about a statement, as it says: a mail address, a telephone number.',
  ),
  'billing.statement.grace.days': wholeNumber({
    description:
      'Days after the end of a month at which its statements are issued. What becomes known later is credited or charged with credit notes.',
    fallback: '3',
    from: 0,
    to: 28,
  }),
  'billing.prepaid.discounts': {
    description:
      'What is let off where machines are paid for in advance: months and percent, like 12=10, 24=15. Of those that are not longer than the term the longest counts.',
    fallback: '',
    rule: `months from 1 to ${longestTerm} and percent from 0 to 100, like 12=10, 24=15`,
    read: parsePrepaidDiscounts,
  },
  'quota.enable.service': trueOrFalse({
    description:
      'Whether balances are watched: owners are told of them, and what quota policies say is done.',
    fallback: 'true',
  }),
  'quota.check.interval': wholeNumber({
    description: 'Seconds between two looks at the balances of accounts that have a quota policy.',
    fallback: '60',
    from: 1,
    to: 3600,
  }),
  'quota.usage.smtp.host': {
    description: 'Mail server that owners of accounts are told by. Without one, mail waits for days.',
    fallback: '',
    rule: 'a host name or an address, or empty',
    read: (text: string) => (/^[\w.:-]{0,253}$/.test(text) ? text : undefined),
  },
  'quota.usage.smtp.port': wholeNumber({
    description: 'Port of the mail server; with 465 the connection is encrypted from its beginning.',
    fallback: '25',
    from: 1,
    to: 65_535,
  }),
  'quota.usage.smtp.user': {
    description:
      'Name to sign in to the mail server with; empty: without. setMailPassword sets the password.',
    fallback: '',
    rule: 'at most 255 characters without line breaks',
    read: (text: string) => (/^\P{Cc}{0,255}$/u.test(text) ? text : undefined),
  },
  'quota.usage.smtp.useStartTLS': trueOrFalse({
    description: 'Whether mail is sent only if the connection to the mail server can be encrypted.',
    fallback: 'false',
  }),
  'quota.usage.smtp.sender': {
    description: 'Address that mail comes from.',
    fallback: 'billing@nephos.invalid',
    rule: 'a mail address',
    read: (text: string) => (/^[^\s@<>,;:"\p{Cc}]+@[\w.-]{1,253}$/u.test(text) ? text : undefined),
  },
  'quota.usage.smtp.connection.timeout': wholeNumber({
    description: 'Seconds after which a mail server that does not answer is given up, for now.',
    fallback: '60',
    from: 1,
    to: 600,
  }),
  'quota.webhook.allowed.internal.sites': networks({
    description: 'Private networks that webhooks of accounts may be sent to. All others are refused.',
    fallback: '',
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
  'cluster.cpu.allocated.capacity.disablethreshold': wholeNumber({
    description:
      'Percent of its processors, as they may be promised, above which a cluster gets no new machines.',
    fallback: '85',
    from: 1,
    to: 100,
  }),
  'cluster.memory.allocated.capacity.disablethreshold': wholeNumber({
    description: 'Percent of its memory, as it may be promised, above which a cluster gets no new machines.',
    fallback: '85',
    from: 1,
    to: 100,
  }),
  'cluster.cpu.allocated.capacity.notificationthreshold': wholeNumber({
    description:
      'Percent of its processors, as they may be promised, above which an alert tells of a cluster.',
    fallback: '75',
    from: 1,
    to: 100,
  }),
  'cluster.memory.allocated.capacity.notificationthreshold': wholeNumber({
    description: 'Percent of its memory, as it may be promised, above which an alert tells of a cluster.',
    fallback: '75',
    from: 1,
    to: 100,
  }),
  'cluster.storage.capacity.notificationthreshold': wholeNumber({
    description: 'Percent of used space above which an alert tells of a storage pool.',
    fallback: '75',
    from: 1,
    to: 100,
  }),
  'cluster.storage.allocated.capacity.notificationthreshold': wholeNumber({
    description: 'Percent of what it may promise above which an alert tells of a storage pool.',
    fallback: '75',
    from: 1,
    to: 100,
  }),
  'zone.secstorage.capacity.notificationthreshold': wholeNumber({
    description: 'Percent of used space above which an alert tells of an image store.',
    fallback: '75',
    from: 1,
    to: 100,
  }),
  'zone.directnetwork.publicip.capacity.notificationthreshold': wholeNumber({
    description: 'Percent of its guest addresses that are taken above which an alert tells of a pod.',
    fallback: '75',
    from: 1,
    to: 100,
  }),
  'password.min.length': wholeNumber({
    description: 'Characters that a new password has at least.',
    fallback: '8',
    from: 8,
    to: 128,
  }),
  'second.factor.required': choice({
    description:
      'Who has to set up a second factor before anything else: none, admins (every type of account but USER), or everybody. Users of an OpenID Connect provider show theirs there; API keys go on working.',
    fallback: 'none',
    words: ['none', 'admins', 'everybody'],
  }),
  'max.account.user.vms': maximum({
    description:
      'Virtual machines that an account may have, where nothing else is set for it. Accounts of root administrators have no limit.',
    fallback: '20',
  }),
  'max.account.cpus': maximum({
    description: 'Virtual processors that an account may have, where nothing else is set for it.',
    fallback: '40',
  }),
  'max.account.memory': maximum({
    description: 'MiB of memory that an account may have, where nothing else is set for it.',
    fallback: '40960',
  }),
  'max.account.volumes': maximum({
    description: 'Volumes that an account may have, where nothing else is set for it.',
    fallback: '20',
  }),
  'max.account.primary.storage': maximum({
    description: 'GiB on primary storage that an account may have, where nothing else is set for it.',
    fallback: '200',
  }),
  'max.account.secondary.storage': maximum({
    description: 'GiB on secondary storage that an account may have, where nothing else is set for it.',
    fallback: '400',
  }),
  'max.account.snapshots': maximum({
    description: 'Snapshots that an account may have, where nothing else is set for it.',
    fallback: '20',
  }),
  'max.account.templates': maximum({
    description: 'Templates and ISOs that an account may have, where nothing else is set for it.',
    fallback: '20',
  }),
  'max.account.networks': maximum({
    description: 'Guest networks that an account may have, where nothing else is set for it.',
    fallback: '20',
  }),
  'max.account.public.ips': maximum({
    description: 'Public addresses that an account may have, where nothing else is set for it.',
    fallback: '20',
  }),
  'max.account.projects': maximum({
    description: 'Projects that an account may have, where nothing else is set for it.',
    fallback: '10',
  }),
  'max.account.backups': maximum({
    description: 'Backups that an account may have, where nothing else is set for it.',
    fallback: '20',
  }),
  'max.account.api.keys': maximum({
    description: 'API keys that an account may have, where nothing else is set for it.',
    fallback: '20',
  }),
  'max.project.user.vms': maximum({
    description: 'Virtual machines that a project may have, where nothing else is set for it.',
    fallback: '20',
  }),
  'max.project.cpus': maximum({
    description: 'Virtual processors that a project may have, where nothing else is set for it.',
    fallback: '40',
  }),
  'max.project.memory': maximum({
    description: 'MiB of memory that a project may have, where nothing else is set for it.',
    fallback: '40960',
  }),
  'max.project.volumes': maximum({
    description: 'Volumes that a project may have, where nothing else is set for it.',
    fallback: '20',
  }),
  'max.project.primary.storage': maximum({
    description: 'GiB on primary storage that a project may have, where nothing else is set for it.',
    fallback: '200',
  }),
  'max.project.secondary.storage': maximum({
    description: 'GiB on secondary storage that a project may have, where nothing else is set for it.',
    fallback: '400',
  }),
  'max.project.snapshots': maximum({
    description: 'Snapshots that a project may have, where nothing else is set for it.',
    fallback: '20',
  }),
  'max.project.templates': maximum({
    description: 'Templates and ISOs that a project may have, where nothing else is set for it.',
    fallback: '20',
  }),
  'max.project.networks': maximum({
    description: 'Guest networks that a project may have, where nothing else is set for it.',
    fallback: '20',
  }),
  'max.project.public.ips': maximum({
    description: 'Public addresses that a project may have, where nothing else is set for it.',
    fallback: '20',
  }),
  'max.project.backups': maximum({
    description: 'Backups that a project may have, where nothing else is set for it.',
    fallback: '20',
  }),
  'api.requests.per.second.per.actor': wholeNumber({
    description:
      'Operations that one user, or one API key, may send to one server in a second; ten seconds’ worth at once. 0: any number.',
    fallback: '500',
    from: 0,
    to: 1_000_000,
  }),
  'api.requests.per.second.per.address': wholeNumber({
    description:
      'Requests and new connections that one server takes from one client address in a second; ten seconds’ worth at once. 0: any number.',
    fallback: '1000',
    from: 0,
    to: 1_000_000,
  }),
  'signin.per.minute.per.address': wholeNumber({
    description:
      'Attempts to sign in, and API keys that are not good, that one server takes from one client address in a minute. 0: any number.',
    fallback: '60',
    from: 0,
    to: 1_000_000,
  }),
  'project.invite.required': trueOrFalse({
    description:
      'Whether accounts are asked before they take part in a project; otherwise they take part at once.',
    fallback: 'true',
  }),
  'project.invite.timeout': wholeNumber({
    description: 'Hours that an invitation to a project can be accepted.',
    fallback: String(24 * 7),
    from: 1,
    to: 8760,
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

export type SettingKey = keyof typeof settingsCatalogue;
export type SettingValue<Key extends SettingKey> =
  (typeof settingsCatalogue)[Key] extends SettingDefinition<infer Value> ? Value : never;

export function isSettingKey(text: string): text is SettingKey {
  return Object.hasOwn(settingsCatalogue, text);
}
