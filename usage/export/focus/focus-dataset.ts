import type { CellType, Column } from '../column.ts';
import { costPlaces } from '../cost.ts';
import type { Dataset } from '../dataset.ts';
import { ExportProblem } from '../export-errors.ts';
import { customColumns } from './custom-columns.ts';
import type { FocusColumn } from './focus-column.ts';
import { focusVersion, presentFocusColumns } from './focus-columns.ts';
import { readFocusLines, type FocusLine } from './focus-line.ts';
import { focusValues, type FocusValues } from './focus-values.ts';
import { rowViolations } from './validate.ts';

/** A rated line, and what it is in FOCUS. */
interface FocusSource {
  id: string;
  line: FocusLine;
  values: FocusValues;
}

const cellTypes = {
  String: { kind: 'text' },
  Decimal: { kind: 'decimal', precision: 38, scale: costPlaces },
  'Date/Time': { kind: 'time', unit: 'second' },
  JSON: { kind: 'json' },
} as const satisfies Record<FocusColumn['type'], CellType>;

/** @throws ExportProblem for a row that the specification does not allow */
function sourceOf(line: FocusLine, issuerName: string): FocusSource {
  const { id } = line;
  const values = focusValues(line, issuerName);
  const [first] = rowViolations(values);
  if (first !== undefined)
    throw new ExportProblem(`rated line ${id} makes no row of FOCUS ${focusVersion}: ${first}`);
  return { id, line, values };
}

/** Columns of FOCUS that files have, and those of Nephos after them. */
export const focusFileColumns: readonly Column<FocusSource>[] = [
  ...presentFocusColumns.map(({ id, type, allowsNull }): Column<FocusSource> => ({
    name: id,
    type: cellTypes[type],
    isNullable: allowsNull,
    read: ({ values }) => values[id] ?? null,
  })),
  ...customColumns.map((column): Column<FocusSource> => ({
    ...column,
    read: ({ line }) => column.read(line),
  })),
];

/**
 * Rated lines as rows of the FinOps Open Cost and Usage Specification, each checked against it.
 * @param issuerName who sends the bill
 */
export function focusDataset(issuerName: string): Dataset<FocusSource> {
  return {
    columns: focusFileColumns,
    facts: { FocusVersion: focusVersion, DataGenerator: 'Nephos' },
    readPage: async (db, selection, after, limit) => {
      const lines = await readFocusLines(db, selection, after, limit);
      return lines.map((line) => sourceOf(line, issuerName));
    },
  };
}
