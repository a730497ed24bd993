import type { Database } from '@nephos/model/database.ts';

/** Private networks that files may be sent to: the setting `usage.export.allowed.internal.sites`, as it is now. */
export async function readAllowedNetworks(db: Database): Promise<string[]> {
  const row = await db
    .selectFrom('Setting')
    .select('value')
    .where('scopeId', '=', '')
    .where('key', '=', 'usage.export.allowed.internal.sites')
    .executeTakeFirst();
  return (row?.value ?? '')
    .split(',')
    .map((network) => network.trim())
    .filter((network) => network !== '');
}
