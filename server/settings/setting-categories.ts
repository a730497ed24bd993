import { accessSettings } from '../platform/settings/access-settings.ts';
import { agentSettings } from '../platform/settings/agent-settings.ts';
import { billingSettings } from '../platform/settings/billing-settings.ts';
import { capacitySettings } from '../platform/settings/capacity-settings.ts';
import type { SettingKey } from '../platform/settings/catalogue.ts';
import { imageSettings } from '../platform/settings/image-settings.ts';
import { limitSettings } from '../platform/settings/limit-settings.ts';
import { machineSettings } from '../platform/settings/machine-settings.ts';

/** What settings are about. */
export type SettingCategory =
  'MACHINES' | 'CAPACITY' | 'IMAGES' | 'LIMITS' | 'ACCESS' | 'AGENTS' | 'BILLING' | 'UPKEEP';

const parts: readonly [SettingCategory, object][] = [
  ['MACHINES', machineSettings],
  ['CAPACITY', capacitySettings],
  ['IMAGES', imageSettings],
  ['LIMITS', limitSettings],
  ['ACCESS', accessSettings],
  ['AGENTS', agentSettings],
  ['BILLING', billingSettings],
];

/** What a setting is about: the part of the catalogue that it stands in. */
export function categoryOf(key: SettingKey): SettingCategory {
  return parts.find(([, settings]) => Object.hasOwn(settings, key))?.[0] ?? 'UPKEEP';
}
