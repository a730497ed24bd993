export interface Difference {
  /** Where in the plan. */
  name: string;
  mine: string;
  theirs: string;
}

const secrets = /\.(password|privateKey|passphrase)$/;

/** What two plans have that differs, field by field; secrets are left out. */
export function differences(mine: unknown, theirs: unknown): Difference[] {
  const [own, others] = [flat('', mine), flat('', theirs)];
  const names = [...new Set([...own.keys(), ...others.keys()])].filter((name) => !secrets.test(name));
  return names
    .map((name) => ({ name, mine: own.get(name) ?? '', theirs: others.get(name) ?? '' }))
    .filter((each) => each.mine !== each.theirs);
}

function flat(path: string, value: unknown): Map<string, string> {
  if (value === null || value === undefined) return new Map();
  if (typeof value === 'string') return new Map([[path, value]]);
  if (typeof value !== 'object') return new Map([[path, JSON.stringify(value)]]);
  return new Map(
    Object.entries(value).flatMap(([name, part]) => [...flat(path === '' ? name : `${path}.${name}`, part)]),
  );
}
