import type { CellType, Column } from '../column.ts';
import { costPlaces } from '../cost.ts';
import { customColumns } from './custom-columns.ts';
import type { FocusColumn } from './focus-column.ts';
import { presentFocusColumns } from './focus-columns.ts';
import type { FocusSource } from './focus-source.ts';

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
  ...customColumns,
];
