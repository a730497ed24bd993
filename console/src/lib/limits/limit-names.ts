import { formatNumber, type Bytes } from '../i18n/format.ts';
import { m } from '#messages';
import type { LimitedResource } from './limit-queries.ts';

/** What can be limited, in the order that people look for it. */
export const limitNames: Record<LimitedResource, () => string> = {
  VIRTUAL_MACHINE: m.limits_resource_VIRTUAL_MACHINE,
  CPU: m.limits_resource_CPU,
  MEMORY: m.limits_resource_MEMORY,
  VOLUME: m.limits_resource_VOLUME,
  PRIMARY_STORAGE: m.limits_resource_PRIMARY_STORAGE,
  SECONDARY_STORAGE: m.limits_resource_SECONDARY_STORAGE,
  SNAPSHOT: m.limits_resource_SNAPSHOT,
  TEMPLATE: m.limits_resource_TEMPLATE,
  NETWORK: m.limits_resource_NETWORK,
  PUBLIC_IP: m.limits_resource_PUBLIC_IP,
  PROJECT: m.limits_resource_PROJECT,
  BACKUP: m.limits_resource_BACKUP,
  API_KEY: m.limits_resource_API_KEY,
};

export const limitedResources = Object.keys(limitNames) as LimitedResource[];

const sized: ReadonlySet<LimitedResource> = new Set(['MEMORY', 'PRIMARY_STORAGE', 'SECONDARY_STORAGE']);
const gib = 1024n ** 3n;

/** Whether something is counted in bytes, and so shown in GiB. */
export function isSized(resource: LimitedResource): boolean {
  return sized.has(resource);
}

/** `3`, or `1.5 GiB`: always in GiB, so that what is used and what may be used compare at a glance. */
export function formatAmount(resource: LimitedResource, amount: Bytes): string {
  if (!isSized(resource)) return formatNumber(Number(amount));
  return `${formatNumber(Number(amount) / Number(gib), 2)} GiB`;
}

/** What is typed for an amount: `3`, or `1.5` for GiB. */
export function typedAmount(resource: LimitedResource, amount: Bytes): string {
  return isSized(resource) ? String(Number(amount) / Number(gib)) : String(amount);
}

/** The amount that was typed, in pieces or bytes; `undefined` for what is none. */
export function parseAmount(resource: LimitedResource, typed: string): string | undefined {
  const text = typed.trim();
  if (!isSized(resource)) return /^\d{1,9}$/.test(text) ? String(Number(text)) : undefined;
  if (!/^\d{1,7}(\.\d{1,3})?$/.test(text)) return undefined;
  const [whole = '0', part = ''] = text.split('.');
  return (((BigInt(whole) * 1000n + BigInt(part.padEnd(3, '0'))) * gib) / 1000n).toString();
}
