// Writes the migration that brings the newest schema to what `prisma/schema` says now: `npm run migration -- NAME`.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { applyMigrations } from '@nephos/model/migrate/apply.ts';
import { migrationScriptFor } from '@nephos/model/migrate/schema-engine.ts';
import { ensureDatabase, startEmbeddedPostgres } from './launch/postgres.ts';

const name = process.argv[2];
if (name === undefined || !/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error('usage: npm run migration -- NAME   (lower case letters, digits, underscores)');
  process.exit(2);
}

const folder = mkdtempSync(path.join(tmpdir(), 'nephos-migration-'));
const server = await startEmbeddedPostgres({
  dataFolder: `${folder}/data`,
  runFolder: `${folder}/run`,
  settings: { fsync: 'off' },
});
try {
  await ensureDatabase(server, 'scratch');
  await applyMigrations(server.urlOf('scratch'));
  const script = await migrationScriptFor(server.urlOf('scratch'));
  if (script === null) {
    console.log('the migrations already make what prisma/schema says');
  } else {
    const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
    const target = path.join(import.meta.dirname, '..', 'prisma', 'migrations', `${stamp}_${name}`);
    mkdirSync(target, { recursive: true });
    writeFileSync(path.join(target, 'migration.sql'), script);
    console.log(`wrote ${path.relative(process.cwd(), target)}/migration.sql: read it before you commit it`);
  }
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
