/** What the cells of a column hold, in whatever format a file has. */
export type CellType =
  | { kind: 'text' }
  /** An object as JSON text, with its keys in order. */
  | { kind: 'json' }
  /** Whole numbers of 64 bits. */
  | { kind: 'integer' }
  /** Exact decimals of at most `precision` digits, `scale` of them after the point; at most 38. */
  | { kind: 'decimal'; precision: number; scale: number }
  /** Moments in UTC, cut to milliseconds or to whole seconds. */
  | { kind: 'time'; unit: 'millisecond' | 'second' };

/** What stands in one cell: integers as bigint, moments as Date, everything else as text. */
export type Cell = string | bigint | Date | null;

/** One column of a file, and how a row is read for it. */
export interface Column<Source> {
  name: string;
  type: CellType;
  isNullable: boolean;
  read(row: Source): Cell;
}

/** Turns rows into the bytes of a file, some at a time. The same rows give the same bytes, however they are cut. */
export interface RowWriter<Source> {
  /** Takes rows; answers the bytes that are ready, which may be none. */
  write(rows: readonly Source[]): Uint8Array;
  /** The rest of the file. Nothing is written after it. */
  end(): Uint8Array;
}

/** Texts of moments that were needed last: rows that follow each other share the ends of their period. */
const texts = new Map<number, string>();
const mostTexts = 1000;

function isoText(at: Date): string {
  const known = texts.get(at.getTime());
  if (known !== undefined) return known;
  if (texts.size >= mostTexts) texts.clear();
  const text = at.toISOString();
  texts.set(at.getTime(), text);
  return text;
}

/** A moment as ISO 8601 has it, with as many digits as its column wants. */
export function timeText(at: Date, unit: 'millisecond' | 'second'): string {
  const text = isoText(at);
  return unit === 'second' ? `${text.slice(0, 19)}Z` : text;
}
