import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { consoleDocuments, documentProblems, documentsIn } from './documents.ts';

const schema = `
  type Query { hosts(first: Int!): [Host!]! }
  type Host { id: ID! name: String! }`;
const file = 'hosts.ts';
const problemsOf = (...texts: string[]) =>
  documentProblems(
    schema,
    texts.map((text) => ({ file, text })),
  );

describe('GraphQL documents', () => {
  it('are found in sources', () => {
    expect(
      documentsIn('const a = graphql(`{ a }`);\nconst b = graphql(\n  `query B { b }`,\n  [c],\n);'),
    ).toEqual(['{ a }', 'query B { b }']);
  });

  it('may use fragments of other files', () => {
    expect(
      problemsOf(
        'query Hosts($first: Int!) { hosts(first: $first) { ...HostFields } }',
        'fragment HostFields on Host { id ...HostName }',
        'fragment HostName on Host { name }',
      ),
    ).toEqual([]);
  });

  it.each([
    ['{ hosts(first: 1) { id', 'Expected Name, found <EOF>'],
    ['{ hosts(first: 1) { address } }', 'Cannot query field "address" on type "Host"'],
    ['{ hosts { id } }', 'argument "first" of type "Int!" is required'],
    ['query ($first: String!) { hosts(first: $first) { id } }', 'expecting type "Int!"'],
    ['query ($more: Int) { hosts(first: 1) { id } }', 'Variable "$more" is never used'],
    ['{ hosts(first: 1) { ...Gone } }', 'Unknown fragment "Gone"'],
    ['fragment Old on Server { id }', 'Unknown type "Server"'],
  ])('%s is told of', (text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem);
  });

  it('of the console fit the schema', () => {
    const documents = consoleDocuments();
    expect(documents.length).toBeGreaterThan(100);
    const sdl = readFileSync(
      path.join(import.meta.dirname, '../../../server/graphql/schema.graphql'),
      'utf8',
    );
    expect(documentProblems(sdl, documents)).toEqual([]);
  });
});
