import type { Column } from '../columns.ts';

/** What somebody chose for one column. */
export interface ColumnChoice {
  id: string;
  isHidden?: boolean;
  /** In pixels; as wide as what is in it when left out. */
  width?: number;
}

export const narrowestColumn = 48;
export const widestColumn = 800;

type AnyColumn = Pick<Column<string>, 'id' | 'isTitleHidden' | 'isOptional'>;

/** Whether a column can be left out and moved: those of buttons stay at the end. */
export function isMovable({ isTitleHidden }: AnyColumn): boolean {
  return isTitleHidden !== true;
}

/**
 * All columns in the order that was chosen. One that came with a newer console stands after the one that it was made
 * to stand after; what was chosen for columns that are gone is passed over.
 */
export function ordered<Each extends AnyColumn>(
  columns: readonly Each[],
  choices: readonly ColumnChoice[],
): Each[] {
  const rank = new Map(choices.map(({ id }, index) => [id, index]));
  const known = columns
    .filter((column) => isMovable(column) && rank.has(column.id))
    .sort((one, other) => (rank.get(one.id) ?? 0) - (rank.get(other.id) ?? 0));
  const placed = [...known];
  columns.forEach((column, index) => {
    if (placed.includes(column)) return;
    const before = columns[index - 1];
    const isLast = before === undefined || !isMovable(column);
    placed.splice(isLast ? (index === 0 ? 0 : placed.length) : placed.indexOf(before) + 1, 0, column);
  });
  return placed;
}

/** Whether a column is shown, given what was chosen. */
export function isShown(column: AnyColumn, choices: readonly ColumnChoice[]): boolean {
  if (!isMovable(column)) return true;
  const choice = choices.find(({ id }) => id === column.id);
  return choice === undefined ? column.isOptional !== true : choice.isHidden !== true;
}

/** The choices with one column changed; every column is named from then on, so that its place is kept. */
export function withChoice(
  columns: readonly AnyColumn[],
  choices: readonly ColumnChoice[],
  id: string,
  change: Partial<Omit<ColumnChoice, 'id'>>,
): ColumnChoice[] {
  return allChoices(columns, choices).map((each) => (each.id === id ? { ...each, ...change } : each));
}

/** The choices with one column moved by so many places. */
export function moved(
  columns: readonly AnyColumn[],
  choices: readonly ColumnChoice[],
  id: string,
  by: number,
): ColumnChoice[] {
  const all = allChoices(columns, choices);
  const from = all.findIndex((each) => each.id === id);
  const to = Math.min(Math.max(from + by, 0), all.length - 1);
  const [choice] = from < 0 ? [] : all.splice(from, 1);
  if (choice !== undefined) all.splice(to, 0, choice);
  return all;
}

function allChoices(columns: readonly AnyColumn[], choices: readonly ColumnChoice[]): ColumnChoice[] {
  return ordered(columns, choices)
    .filter(isMovable)
    .map((column) => {
      const choice = choices.find(({ id }) => id === column.id);
      return choice ?? { id: column.id, isHidden: column.isOptional === true };
    });
}

/** A width that a column may have. */
export function usableWidth(width: number): number {
  return Math.round(Math.min(Math.max(width, narrowestColumn), widestColumn));
}

/** Whether what was remembered has the shape of choices: an older console may have left another. */
export function isChoices(value: unknown): value is ColumnChoice[] {
  return (
    Array.isArray(value) &&
    value.every((each: unknown) => typeof (each as Partial<ColumnChoice> | null)?.id === 'string')
  );
}
