import { isTag } from '../tags.ts';

/** A kind of thing for which a setting may have a value of its own. */
export type SettingScope = 'CLUSTER' | 'STORAGE_POOL' | 'ZONE' | 'ACCOUNT' | 'DOMAIN';

/** What one setting may hold. */
export interface SettingDefinition<Value> {
  description: string;
  /** Where it may have another value than everywhere else, nearest first; nowhere when left out. */
  scopes?: readonly SettingScope[];
  /** Text of the default. */
  fallback: string;
  /** What is allowed, for people. */
  rule: string;
  /** @returns `undefined` for text outside the rule */
  read(text: string): Value | undefined;
}

/** A whole number within bounds. */
export const wholeNumber = (facts: {
  description: string;
  fallback: string;
  from: number;
  to: number;
  scopes?: readonly SettingScope[];
}): SettingDefinition<number> => ({
  ...facts,
  rule: `a whole number from ${facts.from} to ${facts.to}`,
  read: (text) => {
    if (!/^\d{1,15}$/.test(text)) return undefined;
    const number = Number(text);
    return number >= facts.from && number <= facts.to ? number : undefined;
  },
});

/** One of a few words. */
export const choice = <Word extends string>(facts: {
  description: string;
  fallback: Word;
  words: readonly Word[];
}): SettingDefinition<Word> => ({
  ...facts,
  rule: `one of ${facts.words.join(', ')}`,
  read: (text) => facts.words.find((word) => word === text),
});

/** Yes or no. */
export const trueOrFalse = (facts: {
  description: string;
  fallback: 'true' | 'false';
  scopes?: readonly SettingScope[];
}): SettingDefinition<boolean> => ({
  ...facts,
  rule: 'true or false',
  read: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
});

/** Tags, separated by commas. */
export const tags = (facts: { description: string; fallback: string }): SettingDefinition<string[]> => ({
  ...facts,
  rule: 'tags of letters, digits, dots, dashes and underscores, separated by commas',
  read: (text) => {
    const parts = text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    return parts.every(isTag) ? parts : undefined;
  },
});

const cidr = /^(\d{1,3}(\.\d{1,3}){3}\/\d{1,2}|[0-9a-f:]+\/\d{1,3})$/i;

/** Networks, separated by commas. */
export const networks = (facts: { description: string; fallback: string }): SettingDefinition<string[]> => ({
  ...facts,
  rule: 'networks like 10.0.0.0/8, separated by commas',
  read: (text) => {
    const parts = text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    return parts.every((part) => cidr.test(part)) ? parts : undefined;
  },
});
