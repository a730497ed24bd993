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
