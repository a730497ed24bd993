import type { Database, Transaction } from '@nephos/model/database.ts';
import { findIdKind, parseId } from '@nephos/model/kernel/ids.ts';
import { getGuarded } from '../identity/access/guarded-loader.ts';
import type { Permission } from '../identity/access/permissions.ts';
import { placeOfAccount } from '../identity/account/account-setting.ts';
import type { Actor } from '../platform/actor.ts';
import { invalid } from '../platform/errors.ts';
import type { SettingScope } from '../platform/settings/definition.ts';

/** A thing that settings may have values of their own for, and where else they are looked for. */
export interface SettingPlace {
  scope: SettingScope;
  /** Ids, nearest first. */
  ids: string[];
}

/** Kinds of things by what ids name them. */
const scopes: Partial<Record<string, SettingScope>> = {
  Cluster: 'CLUSTER',
  StoragePool: 'STORAGE_POOL',
  Zone: 'ZONE',
  Account: 'ACCOUNT',
  Domain: 'DOMAIN',
};

/** What kind of thing an id is of. */
export function scopeOfId(id: string): SettingScope | undefined {
  return scopes[findIdKind(id) ?? ''];
}

/**
 * Where settings of a thing are looked for.
 * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED for a thing that no setting is of
 */
export async function placeOf(
  db: Database | Transaction,
  actor: Actor,
  id: string,
  path: string,
): Promise<SettingPlace> {
  const scope = scopeOfId(id);
  const read: Permission = 'setting.list';
  switch (scope) {
    case 'CLUSTER': {
      const { zoneId } = await getGuarded(db, actor, 'Cluster', parseId('Cluster', id), read);
      return { scope, ids: [id, zoneId] };
    }
    case 'STORAGE_POOL': {
      const { zoneId } = await getGuarded(db, actor, 'StoragePool', parseId('StoragePool', id), read);
      return { scope, ids: [id, zoneId] };
    }
    case 'ZONE': {
      await getGuarded(db, actor, 'Zone', parseId('Zone', id), read);
      return { scope, ids: [id] };
    }
    case 'ACCOUNT': {
      const account = await getGuarded(db, actor, 'Account', parseId('Account', id), read);
      return { scope, ids: await placeOfAccount(db, account.id) };
    }
    case 'DOMAIN': {
      const { lineage } = await getGuarded(db, actor, 'Domain', parseId('Domain', id), read);
      return { scope, ids: [...lineage].reverse() };
    }
    case undefined:
      throw invalid(path, id, 'must be the id of a zone, cluster, storage pool, domain or account');
  }
}
