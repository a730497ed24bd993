import { DuckDBInstance, type Json } from '@duckdb/node-api';

/** Rows that a reader with no line of ours in it finds: DuckDB, over files of any format that it knows. */
export async function askDuckDb<Found = Record<string, Json>>(statement: string): Promise<Found[]> {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    try {
      const reader = await connection.runAndReadAll(statement);
      return reader.getRowObjectsJson() as Found[];
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}
