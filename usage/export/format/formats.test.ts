import { expect, test } from 'vitest';
import type { Column, RowWriter } from '../column.ts';
import { csvWriter } from './csv.ts';
import { jsonLinesWriter } from './json-lines.ts';
import { parquetWriter, unscaled } from './parquet.ts';

interface Thing {
  name: string | null;
  count: bigint;
  price: string | null;
  at: Date;
}

const columns: Column<Thing>[] = [
  { name: 'name', type: { kind: 'text' }, isNullable: true, read: ({ name }) => name },
  { name: 'count', type: { kind: 'integer' }, isNullable: false, read: ({ count }) => count },
  {
    name: 'price',
    type: { kind: 'decimal', precision: 38, scale: 18 },
    isNullable: true,
    read: ({ price }) => price,
  },
  { name: 'at', type: { kind: 'time', unit: 'second' }, isNullable: false, read: ({ at }) => at },
  {
    name: 'tags',
    type: { kind: 'json' },
    isNullable: true,
    read: ({ name }) => (name === null ? null : JSON.stringify({ name })),
  },
];

const at = new Date('2026-11-01T00:00:00.999Z');
const aThing = (more: Partial<Thing> = {}): Thing => ({
  name: 'web-1',
  count: 1n,
  price: '0.05',
  at,
  ...more,
});

function fileOf(writer: RowWriter<Thing>, ...batches: Thing[][]): Buffer {
  return Buffer.concat([...batches.map((rows) => writer.write(rows)), writer.end()]);
}

const csvOf = (...rows: Thing[]) => fileOf(csvWriter(columns), rows).toString();

test('CSV has a line of names, quotes where it must, and nothing where there is no value', () => {
  expect(csvOf(aThing({ name: 'a "b", c' }), aThing({ name: null, price: null, count: -5n }))).toBe(
    'name,count,price,at,tags\r\n' +
      '"a ""b"", c",1,0.05,2026-11-01T00:00:00Z,"{""name"":""a \\""b\\"", c""}"\r\n' +
      ',-5,,2026-11-01T00:00:00Z,\r\n',
  );
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])('CSV does not let %j be a formula', (name) => {
  expect(csvOf(aThing({ name }))).toMatch(/\r\n"?'/);
});

test('CSV leaves numbers below zero as they are', () => {
  expect(csvOf(aThing({ price: '-0.05' }))).toContain(',1,-0.05,');
});

test('empty text is not nothing', () => {
  expect(csvOf(aThing({ name: '' }))).toContain('\r\n"",1');
});

test('a file without rows has its names all the same', () => {
  expect(fileOf(csvWriter(columns)).toString()).toBe('name,count,price,at,tags\r\n');
  expect(fileOf(jsonLinesWriter(columns)).toString()).toBe('');
  expect(fileOf(parquetWriter(columns, {})).subarray(-4).toString()).toBe('PAR1');
});

test('JSON Lines have all digits of integers, and decimals as text', () => {
  const big = 9_007_199_254_740_993n;
  expect(fileOf(jsonLinesWriter(columns), [aThing({ count: big }), aThing({ name: null })]).toString()).toBe(
    `{"name":"web-1","count":${big},"price":"0.05","at":"2026-11-01T00:00:00Z","tags":{"name":"web-1"}}\n` +
      `{"name":null,"count":1,"price":"0.05","at":"2026-11-01T00:00:00Z","tags":null}\n`,
  );
});

test.each([
  ['CSV', () => csvWriter(columns)],
  ['JSON Lines', () => jsonLinesWriter(columns)],
  ['Parquet', () => parquetWriter(columns, { version: '1' })],
])('%s has the same bytes however its rows are cut', (_name, writer) => {
  const rows = Array.from({ length: 25_000 }, (_, index) =>
    aThing({ name: `web-${index}`, count: BigInt(index) }),
  );
  const whole = fileOf(writer(), rows);
  const cut = fileOf(writer(), rows.slice(0, 1), rows.slice(1, 12_345), [], rows.slice(12_345));
  expect(cut.equals(whole)).toBe(true);
});

test.each([
  ['0', 2, 0n],
  ['12.5', 3, 12_500n],
  ['-0.05', 2, -5n],
  ['-12', 0, -12n],
  ['0.000000000000000001', 18, 1n],
])('%s with %i places is %i parts', (text, scale, parts) => {
  expect(unscaled(text, 38, scale)).toBe(parts);
});

test.each([
  ['0.055', 38, 2],
  ['1000', 3, 0],
  ['1e5', 38, 2],
  ['', 38, 2],
])('%j has no place in a DECIMAL(%i, %i)', (text, precision, scale) => {
  expect(() => unscaled(text, precision, scale)).toThrow(RangeError);
});
