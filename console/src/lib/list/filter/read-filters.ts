import { parameterOf, valueNamed, writtenValue, type FilterKey, type FoundThing } from './filter-key.ts';
import { quoted, quotedText, tokensOf } from './grammar.ts';

/** Why something that was written is no filter of the list. */
export type FilterProblem =
  | { kind: 'key'; key: string; keys: string[] }
  | { kind: 'value'; key: string; value: string; values: string[] }
  | { kind: 'form'; key: string; value: string; example: string }
  | { kind: 'empty'; key: string }
  | { kind: 'unknown'; key: string; value: string; found: string[] }
  | { kind: 'ambiguous'; key: string; value: string; found: string[] }
  | { kind: 'several'; key: string }
  | { kind: 'negated'; key: string };

/** What a box of filters says: what is searched for, and the values of each filter by its name in the address. */
export interface ReadFilters {
  search: string;
  parameters: Record<string, string[]>;
  problems: FilterProblem[];
}

/** Reads what was written, and finds the ids of what was named in it. */
export async function readFilters(text: string, keys: readonly FilterKey[]): Promise<ReadFilters> {
  const words: string[] = [];
  const parameters: Record<string, string[]> = Object.fromEntries(keys.map((key) => [parameterOf(key), []]));
  const problems: FilterProblem[] = [];
  for (const token of tokensOf(text)) {
    if (token.kind === 'text') {
      words.push(token.text);
      continue;
    }
    const filterKey = keys.find(({ key }) => key === token.key);
    if (filterKey === undefined) {
      problems.push({ kind: 'key', key: token.key, keys: keys.map(({ key }) => key) });
    } else if (token.isNegated) {
      problems.push({ kind: 'negated', key: token.key });
    } else {
      for (const written of token.values) {
        const read = await readValue(filterKey, written);
        const values = (parameters[parameterOf(filterKey)] ??= []);
        if (typeof read !== 'string') problems.push(read);
        else if (!values.includes(read)) values.push(read);
        if (values.length > 1 && isSingle(filterKey)) problems.push({ kind: 'several', key: token.key });
      }
    }
  }
  return { search: words.join(' '), parameters, problems };
}

/** Whether a filter takes only one value: all do but those of which all values are known. */
export function isSingle({ values, isSingle: isOne }: FilterKey): boolean {
  return isOne ?? values === undefined;
}

async function readValue(filterKey: FilterKey, written: string): Promise<string | FilterProblem> {
  const { key, values, lookup, pattern, example = '' } = filterKey;
  const value = written.trim();
  if (value === '') return { kind: 'empty', key };
  if (values !== undefined) {
    const named = valueNamed(filterKey, value);
    return named ?? { kind: 'value', key, value, values: values.map((each) => writtenValue(each.value)) };
  }
  if (lookup !== undefined) return idOf(key, value, await lookup.find(value));
  return pattern === undefined || pattern.test(value) ? value : { kind: 'form', key, value, example };
}

function idOf(key: string, value: string, found: readonly FoundThing[]): string | FilterProblem {
  const byId = found.find(({ id }) => id === value);
  if (byId !== undefined) return byId.id;
  const named = found.filter(({ name }) => name.toLowerCase() === value.toLowerCase());
  const [only, second] = named;
  if (only !== undefined && second === undefined) return only.id;
  return only === undefined
    ? { kind: 'unknown', key, value, found: found.slice(0, 5).map(({ name }) => name) }
    : { kind: 'ambiguous', key, value, found: named.slice(0, 5).map(({ id, detail }) => detail ?? id) };
}

/**
 * Writes what the address says, as it is read.
 * @param valuesOf the values of a filter, by its name in the address
 * @param nameOf what a thing is called; `undefined` while that is not known
 */
export function writeFilters(
  keys: readonly FilterKey[],
  valuesOf: (parameter: string) => readonly string[],
  search: string,
  nameOf: (id: string) => string | undefined,
): string {
  const filters = keys.flatMap((filterKey) => {
    const values = valuesOf(parameterOf(filterKey));
    if (values.length === 0) return [];
    const written = values.map((value) => {
      if (filterKey.values !== undefined) return writtenValue(value);
      return quoted(filterKey.lookup === undefined ? value : (nameOf(value) ?? value));
    });
    return [`${filterKey.key}:${written.join(',')}`];
  });
  return [...filters, ...(search === '' ? [] : [quotedText(search)])].join(' ');
}
