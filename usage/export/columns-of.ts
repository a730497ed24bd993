import type { Column } from './column.ts';

const nullable = <Source>(column: Omit<Column<Source>, 'isNullable'>): Column<Source> => ({
  ...column,
  isNullable: true,
});

/** Makes columns of one kind of row; those whose name ends with `OrNull` may be without a value. */
export function columnsOf<Source>() {
  type Read<Value> = (row: Source) => Value;
  const text = (name: string, read: Read<string>): Column<Source> => ({
    name,
    type: { kind: 'text' },
    isNullable: false,
    read,
  });
  const integer = (name: string, read: Read<bigint>): Column<Source> => ({
    name,
    type: { kind: 'integer' },
    isNullable: false,
    read,
  });
  return {
    text,
    integer,
    textOrNull: (name: string, read: Read<string | undefined>) =>
      nullable<Source>({ name, type: { kind: 'text' }, read: (row) => read(row) ?? null }),
    integerOrNull: (name: string, read: Read<bigint | undefined>) =>
      nullable<Source>({ name, type: { kind: 'integer' }, read: (row) => read(row) ?? null }),
    /** Whole numbers beyond 64 bits, of up to 38 digits. */
    wide: (name: string, read: Read<string>): Column<Source> => ({
      name,
      type: { kind: 'decimal', precision: 38, scale: 0 },
      isNullable: false,
      read,
    }),
    wideOrNull: (name: string, read: Read<string | undefined>) =>
      nullable<Source>({
        name,
        type: { kind: 'decimal', precision: 38, scale: 0 },
        read: (row) => read(row) ?? null,
      }),
    time: (name: string, read: Read<Date>): Column<Source> => ({
      name,
      type: { kind: 'time', unit: 'millisecond' },
      isNullable: false,
      read,
    }),
    jsonOrNull: (name: string, read: Read<string | null>) =>
      nullable<Source>({ name, type: { kind: 'json' }, read }),
    timeOrNull: (name: string, read: Read<Date | null>) =>
      nullable<Source>({ name, type: { kind: 'time', unit: 'millisecond' }, read }),
  };
}
