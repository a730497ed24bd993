import { expect, it } from 'vitest';
import { generalRules } from './general-rules.ts';

const told = (rule: string) => {
  for (const [pattern, text] of generalRules) {
    const found = pattern.exec(rule);
    if (found !== null) return text(...found);
  }
  return undefined;
};

it.each([
  ['must be a whole number from 0 to 1000000000000, or -1 for no limit', 'or -1 for no limit'],
  ['must be from 1 to 8 for Small', 'must be from 1 to 8'],
  ['must be whole MiB from 32 MiB to 16 TiB', 'from 32 MiB to 16 TiB'],
  ['must lie inside 10.1.0.0/16, its first and last address excluded', 'inside 10.1.0.0/16'],
  ['must be left out: Small has a fixed size', 'must be left out'],
  ['must have 8 to 128 characters, at least 4 different ones, and not contain the user name', '8 to 128'],
])('%j is told shortly', (rule, part) => expect(told(rule)).toContain(part));
