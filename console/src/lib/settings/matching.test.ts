import { describe, expect, it } from 'vitest';
import { matching } from './matching.ts';
import type { Setting, SettingCategory } from './setting-queries.ts';
import { wordsOf } from './words-of-rule.ts';

const aSetting = (key: string, category: SettingCategory, changes: Partial<Setting> = {}): Setting => ({
  ...{ key, category, scopeId: null, value: '1', defaultValue: '1', rule: 'a whole number from 1 to 9' },
  ...{ description: `What ${key} does.`, isChanged: false, version: 0, scopes: [] },
  ...{ setBy: null, overrides: [] },
  ...changes,
});

const settings = [
  aSetting('expunge.delay', 'MACHINES'),
  aSetting('ping.interval', 'AGENTS', { isChanged: true }),
  aSetting('ping.timeout', 'AGENTS'),
];
const categories: SettingCategory[] = ['AGENTS', 'MACHINES'];
const keys = (wanted: Partial<Parameters<typeof matching>[2]>) =>
  matching(settings, categories, { text: '', category: null, onlyChanged: false, ...wanted }).map((group) => [
    group.category,
    group.settings.map(({ key }) => key),
  ]);

describe('settings that are looked for', () => {
  it('stand by what they are about', () =>
    expect(keys({})).toEqual([
      ['AGENTS', ['ping.interval', 'ping.timeout']],
      ['MACHINES', ['expunge.delay']],
    ]));

  it('have every word that was typed, in any order', () =>
    expect(keys({ text: 'does timeout' })).toEqual([['AGENTS', ['ping.timeout']]]));

  it('are of one part, or changed, where that is wanted', () => {
    expect(keys({ category: 'MACHINES' })).toEqual([['MACHINES', ['expunge.delay']]]);
    expect(keys({ onlyChanged: true })).toEqual([['AGENTS', ['ping.interval']]]);
  });
});

describe('wordsOf', () => {
  it('reads a choice from the rule', () => {
    expect(wordsOf('one of FIRST_FIT, RANDOM')).toEqual(['FIRST_FIT', 'RANDOM']);
    expect(wordsOf('true or false')).toEqual(['true', 'false']);
    expect(wordsOf('a whole number from 1 to 9')).toBeUndefined();
  });
});
