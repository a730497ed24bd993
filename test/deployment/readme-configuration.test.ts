import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  hostAgentVariables,
  launcherVariables,
  serverVariables,
  storageAgentVariables,
  usageVariables,
} from '@nephos/model/configuration.ts';
import type { Variable } from '@nephos/model/kernel/configuration.ts';
import { describe, expect, it } from 'vitest';

type Variables = Record<string, Variable<unknown>>;

interface Row {
  name: string;
  fallback: string;
  description: string;
}

const root = path.resolve(import.meta.dirname, '..', '..');

/** The rows of the table that begins with the first variable-like row after a heading. */
function rowsBelow(file: string, heading: string): Row[] {
  const lines = readFileSync(path.join(root, file), 'utf8').split('\n');
  const start = lines.findIndex((line) => /^#{2,4} /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start < 0) throw new Error(`${file} has no heading "${heading}"`);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^#{1,4} /.test(line));
  const cells = rest
    .slice(0, end < 0 ? undefined : end)
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return cells
    .filter(([, name = '']) => /^`[A-Z_]+`$/.test(name))
    .map(([, name = '', fallback = '', description = '']) => ({
      name: name.slice(1, -1),
      fallback,
      description,
    }));
}

/** As the tables show a default. */
function shown({ fallback }: Variable<unknown>, mustBeSet: string): string {
  if (fallback === null) return mustBeSet;
  return fallback === '' ? '' : `\`${fallback}\``;
}

function expectedRows(variables: Variables, mustBeSet: string) {
  return Object.entries(variables).map(([name, variable]) => ({
    name,
    fallback: shown(variable, mustBeSet),
  }));
}

function namesAndDefaults(rows: readonly Row[]) {
  return rows.map(({ name, fallback }) => ({ name, fallback }));
}

function expectDescribed(rows: readonly Row[], variables: Variables) {
  for (const { name, description } of rows) expect(description).toContain(variables[name]?.description);
}

describe('README.md', () => {
  const rows = rowsBelow('README.md', 'Configuration');

  it('names every variable of npm start with its default and what it is', () => {
    expect(namesAndDefaults(rows)).toEqual(expectedRows(launcherVariables, ''));
    expectDescribed(rows, launcherVariables);
  });
});

describe('README.zh-CN.md', () => {
  it('names every variable of npm start with its default', () => {
    const rows = rowsBelow('README.zh-CN.md', '配置');
    expect(namesAndDefaults(rows)).toEqual(expectedRows(launcherVariables, ''));
    for (const { description } of rows) expect(description).toMatch(/\p{Script=Han}/u);
  });
});

describe('docs/operations.md', () => {
  const { NEPHOS_PARK_AT: _, ...forOperators } = serverVariables;
  const { NEPHOS_PARK_AT: __, ...ofUsage } = usageVariables;
  const onlyOfHosts = Object.fromEntries(
    Object.entries(hostAgentVariables).filter(([name]) => !(name in storageAgentVariables)),
  );

  it.each<[string, Variables]>([
    ['Variables of the management server', forOperators],
    ['Variables of every agent', storageAgentVariables],
    ['Variables of the host agent', onlyOfHosts],
    ['Variables of the usage daemon', ofUsage],
  ])('names them under "%s"', (heading, variables) => {
    const rows = rowsBelow('docs/operations.md', heading);
    expect(namesAndDefaults(rows)).toEqual(expectedRows(variables, 'must be set'));
    expectDescribed(rows, variables);
  });
});
