import { settingDescription } from './setting-description.ts';
import type { Setting, SettingCategory } from './setting-queries.ts';

export interface SettingGroup {
  category: SettingCategory;
  settings: Setting[];
}

interface Wanted {
  text: string;
  category: SettingCategory | null;
  /** Only those that somebody changed, there or for a single thing. */
  onlyChanged: boolean;
}

/** Settings that are looked for, by what they are about; found in the language that is shown, in any order of words. */
export function matching(
  settings: readonly Setting[],
  categories: readonly SettingCategory[],
  { text, category, onlyChanged }: Wanted,
): SettingGroup[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const isWanted = (setting: Setting) => {
    const found = `${setting.key} ${settingDescription(setting)}`.toLowerCase();
    const isChanged = setting.isChanged || setting.overrides.length > 0;
    return (!onlyChanged || isChanged) && words.every((word) => found.includes(word));
  };
  return categories
    .filter((each) => category === null || each === category)
    .map((each) => ({
      category: each,
      settings: settings.filter((setting) => setting.category === each && isWanted(setting)),
    }))
    .filter((group) => group.settings.length > 0);
}
