import { isCurrency } from '../../rate/money.ts';
import type { FocusColumn, FocusRow } from './focus-column.ts';
import { focusColumns } from './focus-columns.ts';
import { isFocusNumber, isFocusUnit, isKeyValue } from './focus-formats.ts';

/**
 * What is wrong with the columns that a file has: those that it must have and has not, and those with a name that is
 * neither the specification's nor a custom one's.
 */
export function columnViolations(names: readonly string[]): string[] {
  const known = new Set(focusColumns.map(({ id }) => id));
  const present = new Set(names);
  const firstCustom = names.findIndex((name) => name.startsWith('x_'));
  return [
    ...focusColumns
      .filter(({ id, level }) => level === 'Mandatory' && !present.has(id))
      .map(({ id }) => `${id} is missing`),
    ...names
      .filter((name) => !known.has(name) && !/^x_[A-Z][A-Za-z0-9]{0,47}$/.test(name))
      .map((name) => `${name} is no column`),
    ...names
      .slice(firstCustom === -1 ? names.length : firstCustom)
      .filter((name) => known.has(name))
      .map((name) => `${name} stands after custom columns`),
  ];
}

/** What is wrong with one row, a sentence each; nothing when it is as the specification wants it. */
export function rowViolations(row: FocusRow): string[] {
  return focusColumns.flatMap((column) => {
    const cell = row[column.id];
    if (cell === undefined) return [];
    const problem = cell === null ? nullProblem(column) : cellProblem(column, cell);
    return [
      ...(problem === undefined ? [] : [`${column.id} ${problem}`]),
      ...column.rules.filter(({ holds }) => !holds(row)).map(({ says }) => `${column.id} must be ${says}`),
    ];
  });
}

function nullProblem({ allowsNull }: FocusColumn): string | undefined {
  return allowsNull ? undefined : 'must not be null';
}

function cellProblem(column: FocusColumn, cell: string | bigint | Date): string | undefined {
  const { type, values, format, isNonNegative } = column;
  if (type === 'Date/Time') return cell instanceof Date ? undefined : 'must be a moment';
  if (typeof cell !== 'string') return `must be of type ${type}`;
  if (cell.trim() === '') return 'must not be empty';
  if (type === 'Decimal' && !isFocusNumber(cell)) return `must be a number: ${cell}`;
  if (isNonNegative === true && cell.startsWith('-')) return `must not be negative: ${cell}`;
  if (type === 'JSON' && !isKeyValue(cell)) return 'must be an object of plain values';
  if (format === 'currency' && !isCurrency(cell)) return `must be a currency of ISO 4217: ${cell}`;
  if (format === 'unit' && !isFocusUnit(cell)) return `must be a unit: ${cell}`;
  if (values !== undefined && !values.includes(cell)) return `must be one of ${values.join(', ')}: ${cell}`;
  return undefined;
}
