import { timeText, type Cell, type CellType, type Column, type RowWriter } from '../column.ts';

const lineEnd = '\r\n';
/** Text that stands as it is: it is not empty, has no quote, comma or line break, and does not begin like a formula. */
const plain = /^[^",\r\n=+\-@\t][^",\r\n]*$/;
/** A spreadsheet takes text that begins so for a formula, and runs it. */
const looksLikeFormula = /^[=+\-@\t\r]/;

/** Text as a field: what would be a formula gets an apostrophe before it, as spreadsheets do themselves. */
function field(text: string): string {
  if (plain.test(text)) return text;
  const safe = looksLikeFormula.test(text) ? `'${text}` : text;
  return plain.test(safe) ? safe : `"${safe.replaceAll('"', '""')}"`;
}

function cellText(type: CellType, cell: Cell): string {
  if (cell === null) return '';
  if (cell instanceof Date) return timeText(cell, type.kind === 'time' ? type.unit : 'millisecond');
  if (typeof cell === 'bigint') return cell.toString();
  // Numbers may begin with a minus: they are no text.
  return type.kind === 'decimal' ? cell : field(cell);
}

/**
 * Comma-separated values as RFC 4180 has them, in UTF-8, with a line of names. A cell without a value is empty; empty
 * text is `""`.
 */
export function csvWriter<Source>(columns: readonly Column<Source>[]): RowWriter<Source> {
  let begun = false;
  const begin = () => {
    if (begun) return '';
    begun = true;
    return columns.map(({ name }) => field(name)).join(',') + lineEnd;
  };
  return {
    write(rows) {
      const lines = rows.map((row) => columns.map(({ type, read }) => cellText(type, read(row))).join(','));
      return Buffer.from([begin(), ...lines.map((line) => line + lineEnd)].join(''));
    },
    end: () => Buffer.from(begin()),
  };
}
