// Prisma's schema engine as WebAssembly over a driver adapter: the native engine is a download, this one is a
// package. Only development needs it (`npm run migration`, `npm run check`); servers apply plain SQL.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SchemaEngine, SchemasContainer } from '@prisma/schema-engine-wasm/schema_engine_bg';

const schemaFolder = path.join(import.meta.dirname, '..', 'schema');
const noFilter = { externalTables: [], externalEnums: [] };
const require = createRequire(import.meta.url);

// Node has it, its types leave it to the browser's.
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    instantiate(
      bytes: Uint8Array,
      imports: object,
    ): Promise<{ instance: { exports: Record<string, unknown> } }>;
  };
};

interface WasmModule {
  __wbg_set_wasm(exports: Record<string, unknown>): void;
  SchemaEngine: {
    new: (
      options: { datamodels: [string, string][] },
      log: (line: string) => void,
      adapter: unknown,
    ) => Promise<SchemaEngine>;
  };
}

async function loadWasm(): Promise<WasmModule> {
  // The engine reports a panic through this object, which it expects to find on the global.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message(message: string) {
        throw new Error(`Prisma's schema engine panicked: ${message}`);
      },
    },
  });
  const name = '@prisma/schema-engine-wasm/schema_engine_bg';
  const module = (await import(name)) as WasmModule;
  const file = path.join(path.dirname(require.resolve(name)), 'schema_engine_bg.wasm');
  const { instance } = await WebAssembly.instantiate(readFileSync(file), { './schema_engine_bg.js': module });
  module.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as (() => void) | undefined)?.();
  return module;
}

interface PgQuery {
  sql: string;
}
interface PgConnection {
  dispose(): Promise<void>;
  performIO(query: PgQuery): Promise<{ fields: { dataTypeID: number }[] }>;
  queryRaw(query: PgQuery): Promise<{ columnTypes: number[] }>;
}

/**
 * The schema describer selects PostgreSQL's internal type "char" (18), which the adapter refuses: it is passed
 * as text (25) and the column is labelled as a character (6) afterwards.
 */
function allowInternalCharacters(connection: PgConnection): void {
  const charColumns = new WeakMap<PgQuery, number[]>();
  const perform = connection.performIO.bind(connection);
  const query = connection.queryRaw.bind(connection);
  connection.performIO = async (request) => {
    const result = await perform(request);
    const columns = result.fields.flatMap((field, index) => (field.dataTypeID === 18 ? [index] : []));
    for (const index of columns) result.fields[index] = { ...result.fields[index], dataTypeID: 25 };
    charColumns.set(request, columns);
    return result;
  };
  connection.queryRaw = async (request) => {
    const result = await query(request);
    for (const index of charColumns.get(request) ?? []) result.columnTypes[index] = 6;
    return result;
  };
}

function readSchema(): SchemasContainer {
  const files = readdirSync(schemaFolder).filter((file) => file.endsWith('.prisma'));
  return {
    files: files.sort().map((file) => ({
      path: path.join(schemaFolder, file),
      content: readFileSync(path.join(schemaFolder, file), 'utf8'),
    })),
  };
}

/**
 * The SQL that would bring the database at `url` to the Prisma schema; `null` when it is there already.
 * What Prisma cannot express (triggers, functions, partial indexes, partitions) it neither sees nor touches.
 */
export async function migrationScriptFor(url: string): Promise<string | null> {
  const schema = readSchema();
  const wasm = await loadWasm();
  const opened: PgConnection[] = [];
  const adapter = new PrismaPg({ connectionString: url });
  const connect = adapter.connect.bind(adapter);
  adapter.connect = async () => {
    const connection = await connect();
    opened.push(connection as unknown as PgConnection);
    allowInternalCharacters(connection as unknown as PgConnection);
    return connection;
  };
  const engine = await wasm.SchemaEngine.new(
    { datamodels: schema.files.map((file) => [file.path, file.content]) },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(adapter),
  );
  try {
    const difference = await engine.diff({
      from: { tag: 'schemaDatasource', ...schema, configDir: schemaFolder },
      to: { tag: 'schemaDatamodel', ...schema },
      script: true,
      exitCode: true,
      filters: noFilter,
    });
    return difference.exitCode === 0 ? null : (difference.stdout ?? null);
  } finally {
    engine.free();
    // Freeing the engine leaves its connections open, and with them Prisma's advisory lock.
    await Promise.allSettled(opened.map((connection) => connection.dispose()));
  }
}
