import { usageSettings } from '@nephos/model/kernel/usage-settings.ts';
import { networks, trueOrFalse, wholeNumber, type SettingDefinition } from './definition.ts';
import { longestTerm, parsePrepaidDiscounts } from './prepaid-discounts.ts';

/** What statements say of who sends them. */
const issuerText = (description: string): SettingDefinition<string> => ({
  description,
  fallback: '',
  rule: 'at most 255 characters without line breaks, < and >',
  read: (text) => (/^[^\p{Cc}<>]{0,255}$/u.test(text) && text.trim() === text ? text : undefined),
});

/** How usage is summed up, exported, billed and paid. */
export const billingSettings = {
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
      'Whether balances are watched: owners are told of them, and what quota policies say is done. Without it, what was done is taken back.',
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
} as const;
