import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  buildSchema,
  type GraphQLError,
  Kind,
  NoUnusedFragmentsRule,
  parse,
  specifiedRules,
  validate,
  visit,
  type DefinitionNode,
  type FragmentDefinitionNode,
} from 'graphql';
import { sourceFolder, sourcesBelow } from './sources.ts';

/** What a file says to the server. */
interface Definitions {
  file: string;
  definitions: readonly DefinitionNode[];
}

/** Texts of the GraphQL documents in a source. */
export function documentsIn(source: string): string[] {
  return [...source.matchAll(/\bgraphql\(\s*`([^`]*)`/g)].map(([, text = '']) => text);
}

/** Reads every document of the console. */
export function consoleDocuments(): { file: string; text: string }[] {
  return [...sourcesBelow(sourceFolder, '.ts'), ...sourcesBelow(sourceFolder, '.svelte')].flatMap((file) =>
    documentsIn(readFileSync(file, 'utf8')).map((text) => ({
      file: path.relative(sourceFolder, file),
      text,
    })),
  );
}

/** What is wrong with documents, seen from the schema; fragments may stand in another file than what uses them. */
export function documentProblems(
  schemaText: string,
  documents: readonly { file: string; text: string }[],
): string[] {
  const schema = buildSchema(schemaText);
  const problems: string[] = [];
  const read = documents.flatMap(({ file, text }): Definitions[] => {
    try {
      return [{ file, definitions: parse(text, { noLocation: false }).definitions }];
    } catch (error) {
      problems.push(`${file}: ${(error as GraphQLError).message}`);
      return [];
    }
  });
  const fragments = new Map(
    read
      .flatMap(({ definitions }) => definitions)
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const rules = specifiedRules.filter((rule) => rule !== NoUnusedFragmentsRule);
  for (const { file, definitions } of read) {
    const own = new Set(definitions);
    const spread = spreadIn(definitions, fragments).filter((fragment) => !own.has(fragment));
    const errors = validate(schema, { kind: Kind.DOCUMENT, definitions: [...definitions, ...spread] }, rules);
    problems.push(...errors.map(({ message }) => `${file}: ${message}`));
  }
  return [...new Set(problems)];
}

/** Fragments that definitions need, and those that these need. */
function spreadIn(
  definitions: readonly DefinitionNode[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): FragmentDefinitionNode[] {
  const found = new Set<FragmentDefinitionNode>();
  const look = (definition: DefinitionNode) =>
    visit(definition, {
      FragmentSpread: ({ name }) => {
        const fragment = fragments.get(name.value);
        if (fragment === undefined || found.has(fragment)) return;
        found.add(fragment);
        look(fragment);
      },
    });
  definitions.forEach(look);
  return [...found];
}
