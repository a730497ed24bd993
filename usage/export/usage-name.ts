import { usageCatalogue, type UsageTypeName } from '../usage-types.ts';

const names = new Map(
  (Object.keys(usageCatalogue) as UsageTypeName[]).map((name) => [usageCatalogue[name].number, name]),
);

/** The name of a usage type, by CloudStack's number. @throws RangeError for a number of none */
export function usageName(number: number): UsageTypeName {
  const name = names.get(number);
  if (name === undefined) throw new RangeError(`${number} is no usage type`);
  return name;
}
