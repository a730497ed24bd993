import type { LimitedResource } from '@nephos/model/generated/enums.ts';
import { GiB, MiB } from '@nephos/model/kernel/units.ts';
import type { SettingKey, SettingValue } from '../../platform/settings/catalogue.ts';

type LimitKey = {
  [Key in SettingKey]: Key extends `max.${string}` ? (SettingValue<Key> extends number ? Key : never) : never;
}[SettingKey];

interface Limited {
  /** For people. */
  name: string;
  /** Default of an account. */
  account: LimitKey;
  /** Default of a project; absent for what a project cannot have. */
  project?: LimitKey;
  /** How many of what is counted one of the setting's unit is. */
  unit: bigint;
}

/** What can be limited: everything is counted one by one, sizes in bytes. */
export const limitedResources: Record<LimitedResource, Limited> = {
  VIRTUAL_MACHINE: {
    name: 'virtual machines',
    account: 'max.account.user.vms',
    project: 'max.project.user.vms',
    unit: 1n,
  },
  CPU: { name: 'processors', account: 'max.account.cpus', project: 'max.project.cpus', unit: 1n },
  MEMORY: {
    name: 'bytes of memory',
    account: 'max.account.memory',
    project: 'max.project.memory',
    unit: MiB,
  },
  VOLUME: { name: 'volumes', account: 'max.account.volumes', project: 'max.project.volumes', unit: 1n },
  PRIMARY_STORAGE: {
    name: 'bytes on primary storage',
    account: 'max.account.primary.storage',
    project: 'max.project.primary.storage',
    unit: GiB,
  },
  SECONDARY_STORAGE: {
    name: 'bytes on secondary storage',
    account: 'max.account.secondary.storage',
    project: 'max.project.secondary.storage',
    unit: GiB,
  },
  SNAPSHOT: {
    name: 'snapshots',
    account: 'max.account.snapshots',
    project: 'max.project.snapshots',
    unit: 1n,
  },
  TEMPLATE: {
    name: 'templates and ISOs',
    account: 'max.account.templates',
    project: 'max.project.templates',
    unit: 1n,
  },
  NETWORK: { name: 'networks', account: 'max.account.networks', project: 'max.project.networks', unit: 1n },
  PUBLIC_IP: {
    name: 'public addresses',
    account: 'max.account.public.ips',
    project: 'max.project.public.ips',
    unit: 1n,
  },
  PROJECT: { name: 'projects', account: 'max.account.projects', unit: 1n },
  BACKUP: { name: 'backups', account: 'max.account.backups', project: 'max.project.backups', unit: 1n },
  API_KEY: { name: 'API keys', account: 'max.account.api.keys', unit: 1n },
};

/** An amount for people: sizes with their unit. */
export const sizedResources: ReadonlySet<LimitedResource> = new Set([
  'MEMORY',
  'PRIMARY_STORAGE',
  'SECONDARY_STORAGE',
]);

/** No limit. */
export const unlimited = -1n;
