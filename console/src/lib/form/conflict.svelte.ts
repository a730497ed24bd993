import { differences, type MergeField, type Side } from './merge.ts';

/** What is edited, and what becomes of it when somebody else changed it meanwhile. */
export class Conflict<Thing extends { version: number }> {
  readonly #fields: () => readonly MergeField<Thing>[];
  /** The thing as it was when the form began with it, or as it was when both were last chosen from. */
  #seen: Thing;
  /** As somebody else saved it meanwhile. */
  #now = $state.raw<Thing>();
  #choices = $state<Record<string, Side>>({});
  readonly differences = $derived.by(() =>
    this.#now === undefined ? [] : differences(this.#fields(), this.#seen, this.#now),
  );
  readonly isOpen = $derived.by(() => this.#now !== undefined);
  /** Whether it is known of every field whose value is kept. */
  readonly isDecided = $derived.by(() =>
    this.differences.every(({ label, suggested }) => (this.#choices[label] ?? suggested) !== undefined),
  );

  constructor(seen: Thing, fields: () => readonly MergeField<Thing>[]) {
    this.#seen = seen;
    this.#fields = fields;
  }

  /** The version that is written over. */
  get expectedVersion(): number {
    return this.#seen.version;
  }

  /** The newest version that the form knows of. */
  get latestVersion(): number {
    return (this.#now ?? this.#seen).version;
  }

  choiceOf(label: string): Side | undefined {
    return this.#choices[label] ?? this.differences.find((each) => each.label === label)?.suggested;
  }

  choose(label: string, side: Side): void {
    this.#choices[label] = side;
  }

  chooseAll(side: Side): void {
    for (const { label } of this.differences) this.#choices[label] = side;
  }

  begin(now: Thing): void {
    this.#choices = {};
    this.#now = now;
  }

  /** Puts into the form what was chosen; what it holds then may be written over what was saved meanwhile. */
  settle(): void {
    const now = this.#now;
    if (now === undefined) return;
    const theirs = this.differences.filter(({ label }) => this.choiceOf(label) === 'theirs');
    for (const { label } of theirs)
      this.#fields()
        .find((field) => field.label === label)
        ?.take(now);
    this.#seen = now;
    this.#now = undefined;
  }
}
