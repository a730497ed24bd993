import type { Column } from '../columns.ts';

/** The value at a path such as `zone.name`; what is no plain value, as JSON. */
function textAt(row: unknown, path: readonly string[]): string | number | null {
  let value: unknown = row;
  for (const name of path) value = (value as Record<string, unknown> | null | undefined)?.[name];
  if (value === null || value === undefined) return null;
  return typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
}

function pathsOf(value: unknown, path: readonly string[], found: Map<string, readonly string[]>): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    found.set(path.join('.'), path);
    return;
  }
  for (const [name, each] of Object.entries(value)) {
    if (name !== '__typename') pathsOf(each, [...path, name], found);
  }
}

/** A column for every field that the API answered: for tables whose columns say nothing in text. */
export function fieldColumns<Row>(rows: readonly Row[]): Column<string, Row>[] {
  const found = new Map<string, readonly string[]>();
  for (const row of rows) pathsOf(row, [], found);
  // What is absent in one row may be an object in another.
  const names = [...found.keys()].filter(
    (name) => ![...found.keys()].some((other) => other.startsWith(`${name}.`)),
  );
  return names.map((name) => ({
    id: name,
    title: name,
    text: (row) => textAt(row, found.get(name) ?? []),
  }));
}
