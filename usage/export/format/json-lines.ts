import { timeText, type Column, type RowWriter } from '../column.ts';

/** Integers stand as they are, with all digits; decimals stand as text, which no reader rounds. */
function cellJson<Source>({ type, read }: Column<Source>, row: Source): string {
  const cell = read(row);
  if (cell === null) return 'null';
  if (cell instanceof Date) return `"${timeText(cell, type.kind === 'time' ? type.unit : 'millisecond')}"`;
  if (typeof cell === 'bigint') return cell.toString();
  return type.kind === 'json' ? cell : JSON.stringify(cell);
}

/** One JSON object a line, in UTF-8, every one with all keys. */
export function jsonLinesWriter<Source>(columns: readonly Column<Source>[]): RowWriter<Source> {
  const keys = columns.map(({ name }) => `${JSON.stringify(name)}:`);
  return {
    write(rows) {
      const lines = rows.map(
        (row) => `{${columns.map((column, index) => `${keys[index]}${cellJson(column, row)}`).join(',')}}\n`,
      );
      return Buffer.from(lines.join(''));
    },
    end: () => Buffer.alloc(0),
  };
}
