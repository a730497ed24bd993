/** One value of a filter that has only some. */
export interface FilterValue {
  value: string;
  label: string;
}

/** Things that a filter names by their id, and people by their name. */
export interface Lookup {
  /** Those whose names hold the text, and the one that has it as its id. */
  find: (text: string) => Promise<FoundThing[]>;
}

export interface FoundThing {
  id: string;
  name: string;
  /** What tells it from another of the same name. */
  detail?: string | undefined;
}

/** What one may filter a list by: `state:running` in its box, `state=RUNNING` in the address. */
export interface FilterKey {
  /** As it is written. */
  key: string;
  /** Its name in the address, where that is another one. */
  parameter?: string;
  /** What it is, for people. */
  label: string;
  /** All the values there are; a menu of its own beside the box offers them. */
  values?: readonly FilterValue[];
  /** Only one of them at a time. */
  isSingle?: boolean;
  /** What is shown while none of them is chosen, where that is not all of the list. */
  unset?: string;
  /** Finds what is named. */
  lookup?: Lookup;
  /** What free text must look like: `10.1.0.7`. */
  example?: string;
  /** Free text that it takes; any when left out. */
  pattern?: RegExp;
}

export function parameterOf({ key, parameter }: FilterKey): string {
  return parameter ?? key;
}

/** How a value of an enumeration is written: `PREPARE_FOR_MAINTENANCE` as `prepare-for-maintenance`. */
export function writtenValue(value: string): string {
  return value.toLowerCase().replaceAll('_', '-');
}

/** The value that somebody wrote: as it is written, as the API calls it, or as a menu shows it. */
export function valueNamed({ values = [] }: FilterKey, text: string): string | undefined {
  const wanted = text.trim().toLowerCase();
  return values.find(
    ({ value, label }) =>
      writtenValue(value) === wanted || value.toLowerCase() === wanted || label.toLowerCase() === wanted,
  )?.value;
}
