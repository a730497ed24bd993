import { accessSettings } from './access-settings.ts';
import { agentSettings } from './agent-settings.ts';
import { billingSettings } from './billing-settings.ts';
import { capacitySettings } from './capacity-settings.ts';
import type { SettingDefinition } from './definition.ts';
import { imageSettings } from './image-settings.ts';
import { limitSettings } from './limit-settings.ts';
import { machineSettings } from './machine-settings.ts';
import { upkeepSettings } from './upkeep-settings.ts';

/**
 * Every setting that operators may change while Nephos runs. Keys are CloudStack's where it has one. Values live in
 * the database, changes are applied at once and audited.
 */
export const settingsCatalogue = {
  ...machineSettings,
  ...billingSettings,
  ...imageSettings,
  ...capacitySettings,
  ...limitSettings,
  ...accessSettings,
  ...agentSettings,
  ...upkeepSettings,
} as const;

export type SettingKey = keyof typeof settingsCatalogue;
export type SettingValue<Key extends SettingKey> =
  (typeof settingsCatalogue)[Key] extends SettingDefinition<infer Value> ? Value : never;

export function isSettingKey(text: string): text is SettingKey {
  return Object.hasOwn(settingsCatalogue, text);
}
