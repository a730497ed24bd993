import { m } from '#messages';
import type { SettingCategory, SettingScope } from './setting-queries.ts';

/** What settings are about, in the order in which the page shows them. */
export const categoryLabels: Record<SettingCategory, () => string> = {
  MACHINES: m.settings_category_MACHINES,
  CAPACITY: m.settings_category_CAPACITY,
  IMAGES: m.settings_category_IMAGES,
  LIMITS: m.settings_category_LIMITS,
  ACCESS: m.settings_category_ACCESS,
  AGENTS: m.settings_category_AGENTS,
  BILLING: m.settings_category_BILLING,
  UPKEEP: m.settings_category_UPKEEP,
};

/** Kinds of things that settings may have values of their own for. */
export const scopeLabels: Record<SettingScope, () => string> = {
  ZONE: m.palette_kind_Zone,
  CLUSTER: m.palette_kind_Cluster,
  STORAGE_POOL: m.palette_kind_StoragePool,
  DOMAIN: m.palette_kind_Domain,
  ACCOUNT: m.palette_kind_Account,
};
