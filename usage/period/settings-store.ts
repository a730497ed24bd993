import type { Database } from '@nephos/model/database.ts';
import { usageSettings, usageSettingsFrom, type UsageSettings } from '@nephos/model/kernel/usage-settings.ts';

const keys = Object.values(usageSettings).map(({ key }) => key);

/** The settings in force now: each look for work reads them, so a change needs no notice. */
export async function readUsageSettings(db: Database): Promise<UsageSettings> {
  const rows = await db
    .selectFrom('Setting')
    .select(['key', 'value'])
    .where('scopeId', '=', '')
    .where('key', 'in', keys)
    .execute();
  return usageSettingsFrom(new Map(rows.map(({ key, value }) => [key, value])));
}
