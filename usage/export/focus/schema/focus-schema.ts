import { createHash } from 'node:crypto';
import type { CellType } from '../../column.ts';
import { focusVersion } from '../focus-columns.ts';
import { focusFileColumns } from '../focus-file-columns.ts';

/** What the specification wants to be told of one column. */
export interface FocusColumnDefinition {
  ColumnName: string;
  DataType: 'STRING' | 'DECIMAL' | 'DATETIME' | 'JSON' | 'INTEGER';
  NumericPrecision?: number;
  NumberScale?: number;
  StringEncoding?: 'UTF-8';
  StringMaxLength?: number;
  /** Beginnings of tags that a provider adds by itself: there are none. */
  ProviderTagPrefixes?: readonly string[];
}

/** What FOCUS files are like, as the specification's metadata has it, with its names. */
export interface FocusSchema {
  DataGenerator: 'Nephos';
  SchemaId: string;
  FocusVersion: string;
  CreationDate: string;
  ColumnDefinition: readonly FocusColumnDefinition[];
}

/** When the columns became what they are now. Whoever changes a column sets it anew: a test holds it to the id. */
const creationDate = '2026-11-29T00:00:00Z';

/** Longest text of columns that have a longest one; names and ids of the database are no longer. */
const longestText = 1024;

function definitionOf(ColumnName: string, type: CellType): FocusColumnDefinition {
  switch (type.kind) {
    case 'text':
      return { ColumnName, DataType: 'STRING', StringEncoding: 'UTF-8', StringMaxLength: longestText };
    case 'json':
      return {
        ColumnName,
        DataType: 'JSON',
        StringEncoding: 'UTF-8',
        ...(ColumnName === 'Tags' && { ProviderTagPrefixes: [] }),
      };
    case 'integer':
      return { ColumnName, DataType: 'INTEGER', NumericPrecision: 19, NumberScale: 0 };
    case 'decimal':
      return {
        ColumnName,
        DataType: 'DECIMAL',
        NumericPrecision: type.precision,
        NumberScale: type.scale,
      };
    case 'time':
      return { ColumnName, DataType: 'DATETIME' };
  }
}

/** A UUID of version 8 that follows from the columns: other columns are another schema. */
function idOf(facts: unknown): string {
  const bytes = createHash('sha256').update(JSON.stringify(facts)).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const columns = focusFileColumns.map(({ name, type }) => definitionOf(name, type));

/**
 * The schema metadata that FOCUS wants a provider to publish apart from its files, which name it by its id.
 * Source: https://github.com/FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec at v1.2, specification/metadata.
 */
export const focusSchema: FocusSchema = {
  DataGenerator: 'Nephos',
  SchemaId: idOf([focusVersion, columns]),
  FocusVersion: focusVersion,
  CreationDate: creationDate,
  ColumnDefinition: columns,
};
