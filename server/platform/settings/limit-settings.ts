import type { SettingDefinition } from './definition.ts';

/** How much may be had at most; -1: as much as one likes. */
const maximum = (facts: { description: string; fallback: string }): SettingDefinition<number> => ({
  ...facts,
  rule: 'a whole number from 0 to 1000000000000, or -1 for no limit',
  read: (text) => (/^(-1|\d{1,12})$/.test(text) ? Number(text) : undefined),
});

/** How much accounts and projects may have, where nothing else is set for them. */
export const limitSettings = {
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
} as const;
