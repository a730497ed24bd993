import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { SettingKey, SettingValue } from '../../platform/settings/catalogue.ts';
import type { Settings } from '../../platform/settings/settings.ts';

/** Where a setting of an account is looked for: at itself, then at its domain and those above. */
export async function placeOfAccount(
  db: Database | Transaction,
  accountId: Id<'Account'>,
): Promise<string[]> {
  const domain = await db
    .selectFrom('Account')
    .innerJoin('Domain', 'Domain.id', 'Account.domainId')
    .select('Domain.lineage')
    .where('Account.id', '=', accountId)
    .executeTakeFirst();
  return [accountId, ...[...(domain?.lineage ?? [])].reverse()];
}

/** A setting as it holds for an account. Where no account and no domain has a value of its own nothing is read. */
export async function settingOfAccount<Key extends SettingKey>(
  db: Database | Transaction,
  settings: Settings,
  key: Key,
  accountId: Id<'Account'>,
): Promise<SettingValue<Key>> {
  if (settings.ownValues(key).size === 0) return settings.get(key);
  return settings.get(key, await placeOfAccount(db, accountId));
}
