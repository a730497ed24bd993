import type { CellType, Column } from '../column.ts';
import { costPlaces } from '../cost.ts';
import { customColumns } from './custom-columns.ts';
import type { FocusColumn } from './focus-column.ts';
import { presentFocusColumns } from './focus-columns.ts';
import type { FocusLine } from './focus-line.ts';
import type { FocusValues } from './focus-values.ts';

/** A rated line, and what it is in FOCUS. */
export interface FocusSource {
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
