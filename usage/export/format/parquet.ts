import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { Cell, Column, RowWriter } from '../column.ts';

/** Rows of one group, which is held in memory while it is written. */
const rowsPerGroup = 10_000;

/** Bytes of a two's complement number of up to 38 digits. */
const decimalBytes = 16;

function schemaElement<Source>({ name, type, isNullable }: Column<Source>): SchemaElement {
  const field = { name, repetition_type: isNullable ? 'OPTIONAL' : 'REQUIRED' } as const;
  switch (type.kind) {
    case 'text':
      return { ...field, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
    case 'json':
      // The text is made by us and goes in as it is: the writer would encode it a second time.
      return { ...field, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
    case 'integer':
      return { ...field, type: 'INT64' };
    case 'decimal':
      return {
        ...field,
        type: 'FIXED_LEN_BYTE_ARRAY',
        type_length: decimalBytes,
        converted_type: 'DECIMAL',
        precision: type.precision,
        scale: type.scale,
      };
    case 'time':
      return {
        ...field,
        type: 'INT64',
        converted_type: 'TIMESTAMP_MILLIS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
      };
  }
}

/** `12.5` with three digits after the point as 12500. @throws RangeError for digits that there is no room for */
export function unscaled(text: string, precision: number, scale: number): bigint {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) throw new RangeError(`not a decimal: ${text}`);
  const [, sign = '', whole = '', fraction = ''] = match;
  if (fraction.length > scale) throw new RangeError(`more than ${scale} digits after the point: ${text}`);
  const digits = whole + fraction.padEnd(scale, '0');
  if (digits.replace(/^0+/, '').length > precision)
    throw new RangeError(`more than ${precision} digits: ${text}`);
  return BigInt(sign + digits);
}

function stored<Source>({ type }: Column<Source>, cell: Cell): unknown {
  if (type.kind === 'decimal' && typeof cell === 'string') return unscaled(cell, type.precision, type.scale);
  if (type.kind === 'time' && type.unit === 'second' && cell instanceof Date)
    return new Date(Math.floor(cell.getTime() / 1000) * 1000);
  return cell;
}

/** Hands out what was written since it was asked last; the file's own offsets go on counting. */
class Outbox extends ByteWriter {
  take(): Uint8Array {
    const bytes = this.getBytes().slice();
    this.index = 0;
    return bytes;
  }
}

/**
 * Apache Parquet, compressed with Snappy, in row groups of bounded size; decimals as DECIMAL of 16 bytes, moments as
 * UTC timestamps.
 * @param facts pairs of key and value for the file's metadata
 */
export function parquetWriter<Source>(
  columns: readonly Column<Source>[],
  facts: Readonly<Record<string, string>>,
): RowWriter<Source> {
  const outbox = new Outbox();
  const writer = new ParquetWriter({
    writer: outbox,
    schema: [{ name: 'root', num_children: columns.length }, ...columns.map(schemaElement)],
    kvMetadata: Object.entries(facts).map(([key, value]) => ({ key, value })),
    createdBy: 'Nephos',
  });
  let waiting: Source[] = [];
  const writeGroup = (rows: readonly Source[]) => {
    const columnData = columns.map((column) => ({
      name: column.name,
      data: rows.map((row) => stored(column, column.read(row))),
    }));
    void writer.write({ columnData, rowGroupSize: rowsPerGroup });
  };
  return {
    write(rows) {
      waiting = waiting.length === 0 ? [...rows] : [...waiting, ...rows];
      let from = 0;
      for (; waiting.length - from >= rowsPerGroup; from += rowsPerGroup)
        writeGroup(waiting.slice(from, from + rowsPerGroup));
      waiting = waiting.slice(from);
      return outbox.take();
    },
    end() {
      if (waiting.length > 0) writeGroup(waiting);
      waiting = [];
      void writer.finish();
      return outbox.take();
    },
  };
}
