/** Whose value is kept. */
export type Side = 'mine' | 'theirs';

/** A field of a form that edits a thing, as it takes part when somebody else changed the thing meanwhile. */
export interface MergeField<Thing> {
  label: string;
  /** What the form holds now, as people read it. */
  mine: () => string;
  /** What a thing holds, as people read it. */
  of: (thing: Thing) => string;
  /** Puts into the form what a thing holds. */
  take: (thing: Thing) => void;
}

/** What a field is called, with how its value is read where that is no text or not read as it stands. */
type Naming<Value> =
  { label: string; text: (value: Value) => string } | (Value extends string ? string : never);

/**
 * The fields of a form that holds what it edits as one object.
 * @param typed what the form holds
 * @param typedOf what it would hold of a thing
 * @param names of those fields that may be changed
 */
export function mergeFields<Thing, Typed extends object>(
  typed: () => Typed,
  typedOf: (thing: Thing) => Typed,
  names: { [Key in keyof Typed]?: Naming<Typed[Key]> },
): MergeField<Thing>[] {
  return (Object.keys(names) as (keyof Typed)[]).map((key) => {
    const naming = names[key];
    const { label, text } =
      typeof naming === 'object'
        ? naming
        : { label: String(naming), text: (value: unknown) => String(value).trim() };
    return {
      label,
      mine: () => text(typed()[key]),
      of: (thing) => text(typedOf(thing)[key]),
      take: (thing) => (typed()[key] = typedOf(thing)[key]),
    };
  });
}

/** A field of which the form holds something else than what was saved meanwhile. */
export interface Difference {
  label: string;
  was: string;
  mine: string;
  theirs: string;
  /** Whose value it is where only one of both changed it; otherwise that must be chosen. */
  suggested: Side | undefined;
}

/**
 * Where the form and what was saved meanwhile differ.
 * @param seen the thing as it was when the form began with it
 * @param now the thing as it is
 */
export function differences<Thing>(
  fields: readonly MergeField<Thing>[],
  seen: Thing,
  now: Thing,
): Difference[] {
  return fields.flatMap(({ label, mine, of }) => {
    const values = { was: of(seen), mine: mine(), theirs: of(now) };
    if (values.mine === values.theirs) return [];
    const suggested =
      values.mine === values.was ? 'theirs' : values.theirs === values.was ? 'mine' : undefined;
    return [{ label, ...values, suggested }];
  });
}
