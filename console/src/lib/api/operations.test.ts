import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, Kind, validate, type DocumentNode } from 'graphql';
import { describe, expect, it } from 'vitest';

const file = path.join(import.meta.dirname, '../../../../server/graphql/schema.graphql');
const schema = buildSchema(readFileSync(file, 'utf8'));
const modules = import.meta.glob<Record<string, unknown>>(
  [
    '../**/*quer*.ts',
    '../**/*-mutations.ts',
    '../**/machine-details.ts',
    './live-feed.ts',
    '!../**/*.svelte.ts',
    '!../**/*.test.ts',
  ],
  { eager: true },
);

function isOperation(value: unknown): value is DocumentNode {
  const document = value as Partial<DocumentNode> | undefined;
  return document?.kind === Kind.DOCUMENT && document.definitions?.[0]?.kind === Kind.OPERATION_DEFINITION;
}

const operations = Object.entries(modules).flatMap(([module, exported]) =>
  Object.entries(exported).flatMap(([name, value]) => {
    // Mutations that are alike stand in one table.
    const values = isOperation(value) ? { [name]: value } : ((value ?? {}) as Record<string, unknown>);
    return Object.entries(values)
      .filter((entry): entry is [string, DocumentNode] => isOperation(entry[1]))
      .map(([key, document]) => ({ name: `${module} ${key}`, document }));
  }),
);

describe('what is asked of the server', () => {
  it('is found', () => expect(operations.length).toBeGreaterThan(30));

  // Types alone do not see everything: two types of a union whose fields cannot be merged, say.
  it.each(operations)('$name is valid', ({ document }) => expect(validate(schema, document)).toEqual([]));
});
