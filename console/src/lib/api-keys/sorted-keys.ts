import type { Order } from '../list/list-order.ts';
import type { ApiKey } from './api-key-queries.ts';

/** What keys can be ordered by. */
export type ApiKeyField = 'NAME' | 'CREATED_AT' | 'EXPIRES_AT' | 'LAST_USED_AT';

/** Text that keys are ordered by; moments as the API writes them sort as text. What never ends comes last. */
const values: Record<ApiKeyField, (key: ApiKey) => string> = {
  NAME: ({ name }) => name.toLowerCase(),
  CREATED_AT: ({ createdAt }) => createdAt,
  EXPIRES_AT: ({ expiresAt }) => expiresAt ?? '9',
  LAST_USED_AT: ({ lastUsedAt }) => lastUsedAt ?? '',
};

/** Keys with a text in their name or rights, in order. */
export function sortedKeys(keys: readonly ApiKey[], search: string, order: Order<ApiKeyField>): ApiKey[] {
  const wanted = search.toLowerCase();
  const isWanted = ({ id, name, scopes }: ApiKey) =>
    [id, name, ...scopes].some((text) => text.toLowerCase().includes(wanted));
  const value = values[order.field];
  const sign = order.direction === 'ASC' ? 1 : -1;
  return keys.filter(isWanted).sort((one, other) => sign * compare(value(one), value(other)));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
