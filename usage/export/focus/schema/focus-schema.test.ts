import { expect, test } from 'vitest';
import { focusFileColumns } from '../focus-file-columns.ts';
import { focusSchema } from './focus-schema.ts';

test('a change of columns is another schema, made at another time', () => {
  const { SchemaId, CreationDate, FocusVersion } = focusSchema;
  // Whoever changes columns writes the new id here, and the day into creationDate.
  expect([FocusVersion, SchemaId, CreationDate]).toMatchInlineSnapshot(`
    [
      "1.2",
      "3cbd327c-044a-8ab6-863a-85f3484d9413",
      "2026-11-29T00:00:00Z",
    ]
  `);
});

test('every column of a file is defined, once, in their order', () => {
  expect(focusSchema.ColumnDefinition.map(({ ColumnName }) => ColumnName)).toEqual(
    focusFileColumns.map(({ name }) => name),
  );
});

test('each definition has what the specification asks for its type', () => {
  const attributes = {
    STRING: ['StringEncoding', 'StringMaxLength'],
    DECIMAL: ['NumericPrecision', 'NumberScale'],
    INTEGER: ['NumericPrecision', 'NumberScale'],
    JSON: ['StringEncoding'],
    DATETIME: [],
  };
  for (const { ColumnName, DataType, ...more } of focusSchema.ColumnDefinition) {
    const ofTags = ColumnName === 'Tags' ? ['ProviderTagPrefixes'] : [];
    expect(Object.keys(more), ColumnName).toEqual([...attributes[DataType], ...ofTags]);
  }
});
