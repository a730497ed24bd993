// Writes the migration that brings the newest schema to what `prisma/schema` says now: `npm run migration -- NAME`.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { migrationScriptFor } from '@nephos/model/migrate/schema-engine.ts';
import { withMigratedDatabase } from './launch/scratch-database.ts';

const name = process.argv[2];
if (name === undefined || !/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error('usage: npm run migration -- NAME   (lower case letters, digits, underscores)');
  process.exit(2);
}

const script = await withMigratedDatabase(migrationScriptFor);
if (script === null) {
  console.log('the migrations already make what prisma/schema says');
} else {
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const target = path.join(import.meta.dirname, '..', 'prisma', 'migrations', `${stamp}_${name}`);
  mkdirSync(target, { recursive: true });
  writeFileSync(path.join(target, 'migration.sql'), script);
  console.log(`wrote ${path.relative(process.cwd(), target)}/migration.sql: read it before you commit it`);
}
