import { expect, test } from 'vitest';
import { parseCondition } from './condition.ts';
import type { UseShape } from './use.ts';

const machine: UseShape = {
  usageType: 1,
  accountId: 'acct_1',
  lineage: ['dom_root'],
  zoneId: 'zone_1',
  attributes: {
    cpuCount: 8,
    memoryBytes: '68719476736',
    offeringName: 'gpu-large',
    tags: { team: 'research' },
  },
};

test.each([
  ['cpuCount >= 8 && memoryBytes >= 64 * GiB', true],
  ['cpuCount > 8', false],
  ['offeringName.startsWith("gpu-")', true],
  ['zoneId in ["zone_1", "zone_2"]', true],
  ['"team" in tags && tags["team"] == "research"', true],
  ['tags.team == "sales"', false],
  ['has(tags.team)', true],
  ['sizeBytes == 0 && templateId == ""', true],
  ['tags["nothing"] == ""', false],
  ['cpuCount / (cpuCount - 8) > 0', false],
  ['usageType == 1 ? cpuCount == 8 : false', true],
])('%s is %s', (expression, answer) => {
  expect(parseCondition(expression).holds(machine)).toBe(answer);
});

test.each([
  ['cpuCount >=', /line 1, column 12/],
  ['true &&\n  cores > 2', /cores.*line 2, column 3/],
  ['cpuCount > "8"', /line 1, column/],
  ['cpuCount + 1', /answers int/],
  ['offeringName.matches("(a+)+$")', /matches\(\) cannot be called at line 1/],
  ['[1, 2].all(x, x > 0)', /all\(\) cannot be called/],
  ['[[1].map(x, x)].exists(y, true)', /cannot be called/],
  ['timestamp("2026-01-01T00:00:00Z") > timestamp("2025-01-01T00:00:00Z")', /timestamp\(\) cannot be called/],
  ['constructor == 1', /constructor/],
  [`${'('.repeat(30)}true${')'.repeat(30)}`, /depth/i],
  [Array.from({ length: 120 }, () => 'cpuCount == 1').join(' || '), /characters/],
  [Array.from({ length: 60 }, (_, index) => index).join('+') + ' == 1', /nodes/i],
])('an expression that is none, or takes too long, is refused: %#', (expression, message) => {
  expect(() => parseCondition(expression)).toThrow(message);
});

test('a condition tells which attributes it depends on', () => {
  const { attributes } = parseCondition('cpuCount > 2 && (has(tags.team) || zoneId == "sizeBytes")');
  expect([...attributes].sort()).toEqual(['cpuCount', 'tags']);
});
