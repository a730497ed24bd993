import { expect, test } from 'vitest';
import { labelsInput, labelsText } from './labels.ts';

test('leaves out what was left empty, and nothing else', () => {
  const labels = [
    { key: ' tier ', value: 'web' },
    { key: '', value: ' ' },
    { key: '', value: 'without a key' },
  ];
  expect(labelsInput(labels)).toEqual([
    { key: 'tier', value: 'web' },
    { key: '', value: 'without a key' },
  ]);
});

test('says labels in words', () => {
  expect(
    labelsText([
      { key: 'tier', value: 'web' },
      { key: 'production', value: '' },
    ]),
  ).toBe('tier: web, production');
});
