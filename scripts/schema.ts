// Writes the API's SDL to server/graphql/schema.graphql, which is checked in: clients and reviewers read it there.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { printApiSchema } from '@nephos/server/graphql/schema.ts';

const file = path.join(import.meta.dirname, '..', 'server', 'graphql', 'schema.graphql');
writeFileSync(file, printApiSchema());
console.log(`wrote ${path.relative(process.cwd(), file)}`);
