import type { CreateApiKeyInput } from './api-key-queries.ts';

export const lifetimes = ['30', '90', '365', 'date', 'never'] as const;
/** Days, until a date, or for ever. */
export type Lifetime = (typeof lifetimes)[number];

export interface NewKey {
  name: string;
  /** All that its owner may; otherwise only `scopes`. */
  isWhole: boolean;
  scopes: string[];
  /** Networks, as they were typed: one on a line, or with commas between them. */
  networks: string;
  lifetime: Lifetime;
  /** `2026-01-31`, for the lifetime `date`. */
  endDate: string;
}

const dayMs = 86_400_000;

/** Texts between commas, spaces and ends of lines. */
export function networksIn(text: string): string[] {
  return text.split(/[\s,，;；]+/).filter((each) => each !== '');
}

/** When a key is to end; a date is meant in full, where one is. `null`: never. */
function endOf({ lifetime, endDate }: NewKey, now: number): string | null {
  if (lifetime === 'never') return null;
  if (lifetime === 'date') return new Date(`${endDate}T23:59:59`).toISOString();
  return new Date(now + Number(lifetime) * dayMs).toISOString();
}

/** What is asked of the server. */
export function apiKeyInput(key: NewKey, now: number): CreateApiKeyInput {
  return {
    name: key.name.trim(),
    scopes: key.isWhole ? [] : key.scopes,
    allowedCidrs: networksIn(key.networks),
    expiresAt: endOf(key, now),
  };
}
