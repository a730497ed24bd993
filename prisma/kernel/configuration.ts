/** How the text of one environment variable becomes a value. */
export interface Variable<Value> {
  description: string;
  /** Text that stands in when the variable is not set; `null`: it must be set. */
  fallback: string | null;
  /** What is allowed, for people. */
  rule: string;
  /** @returns `undefined` for text outside the rule */
  read(text: string): Value | undefined;
  /** Never repeated in messages. */
  isSecret?: boolean;
}

interface Description {
  description: string;
  fallback: string | null;
}

const anyText = (text: string) => text;

/** Any text that is not empty. */
export const text = (facts: Description): Variable<string> => ({
  ...facts,
  rule: 'text that is not empty',
  read: (value) => (value === '' ? undefined : value),
});

/** Text that may be empty: `''` means "not given". */
export const optionalText = (facts: { description: string }): Variable<string> => ({
  ...facts,
  fallback: '',
  rule: 'text',
  read: anyText,
});

/** Like {@link optionalText}, but kept out of messages. */
export const secret = (facts: { description: string }): Variable<string> => ({
  ...optionalText(facts),
  isSecret: true,
});

export const port = (facts: Description): Variable<number> => ({
  ...facts,
  rule: 'a port number from 0 to 65535 (0: any free one)',
  read: (value) => wholeNumber(value, 0, 65_535),
});

export const count = (facts: Description & { from: number; to: number }): Variable<number> => ({
  ...facts,
  rule: `a whole number from ${facts.from} to ${facts.to}`,
  read: (value) => wholeNumber(value, facts.from, facts.to),
});

export const choice = <const Option extends string>(
  facts: Description & { options: readonly Option[] },
): Variable<Option> => ({
  ...facts,
  rule: `one of ${facts.options.join(', ')}`,
  read: (value) => facts.options.find((option) => option === value),
});

/** A URL of one of the given schemes. */
export const url = (facts: Description & { schemes: readonly string[] }): Variable<string> => ({
  ...facts,
  rule: `a URL that begins with ${facts.schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  isSecret: true,
  read: (value) =>
    URL.canParse(value) && facts.schemes.includes(new URL(value).protocol.slice(0, -1)) ? value : undefined,
});

/** Like {@link url}, but may be empty: `''` means "not given". It holds no secret. */
export const optionalUrl = (facts: {
  description: string;
  schemes: readonly string[];
}): Variable<string> => ({
  ...optionalText(facts),
  rule: `a URL that begins with ${facts.schemes.map((scheme) => `${scheme}://`).join(' or ')}, and nothing but a name and a port`,
  read: (value) => {
    if (value === '') return '';
    if (!URL.canParse(value)) return undefined;
    const { protocol, host, pathname, search, hash, username } = new URL(value);
    const isBare =
      pathname + search + hash + username === '' || (pathname === '/' && search + hash + username === '');
    return isBare && facts.schemes.includes(protocol.slice(0, -1)) ? `${protocol}//${host}` : undefined;
  },
});

function wholeNumber(value: string, from: number, to: number): number | undefined {
  if (!/^\d{1,15}$/.test(value)) return undefined;
  const number = Number(value);
  return number >= from && number <= to ? number : undefined;
}

/** One or more variables are missing or wrong; the message names each, with its value and its rule. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError';
}

export type Configuration<Variables> = {
  readonly [Name in keyof Variables]: Variables[Name] extends Variable<infer Value> ? Value : never;
};

/**
 * Reads variables from an environment. An empty variable counts as not set.
 * @throws ConfigurationError that names every variable that is wrong, not only the first
 */
export function readConfiguration<const Variables extends Record<string, Variable<unknown>>>(
  variables: Variables,
  environment: Readonly<Record<string, string | undefined>>,
): Configuration<Variables> {
  const problems: string[] = [];
  const values = Object.entries(variables).map(([name, variable]) => {
    const given = environment[name];
    const value = given === undefined || given === '' ? variable.fallback : given;
    const read = value === null ? undefined : variable.read(value);
    if (value === null) problems.push(`${name} is not set; it must be ${variable.rule}`);
    else if (read === undefined) {
      const shown = variable.isSecret ? 'what it holds' : JSON.stringify(value);
      problems.push(`${name} is ${shown}; it must be ${variable.rule}`);
    }
    return [name, read];
  });
  if (problems.length > 0) throw new ConfigurationError(problems.join('\n'));
  return Object.fromEntries(values) as Configuration<Variables>;
}
