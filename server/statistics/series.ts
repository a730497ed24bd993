import { pointOf, type MeasuredKind, type Point, type Values } from './measures.ts';
import { mostPoints, type SeriesPlan } from './resolution.ts';

/** Samples that follow each other in even steps. */
export interface StoredSamples {
  since: Date;
  stepMs: number;
  values: readonly Values[];
}

/** Sums up what falls into one step of a series. */
class Mean {
  readonly #sums: number[] = [];
  readonly #counts: number[] = [];

  add(values: Values): void {
    values.forEach((value, index) => {
      if (value === null) return;
      this.#sums[index] = (this.#sums[index] ?? 0) + value;
      this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    });
  }

  get isEmpty(): boolean {
    return this.#counts.length === 0;
  }

  /** Sparse: a measure of which nothing was said has no place. */
  get values(): Values {
    return Array.from(this.#sums, (sum: number | undefined, index) =>
      sum === undefined ? null : sum / (this.#counts[index] ?? 1),
    );
  }
}

/** Stored samples as the points of a series, oldest first; where there are no samples there is no point. */
export function seriesOf<Kind extends MeasuredKind>(
  kind: Kind,
  { from, to, stepMs }: SeriesPlan,
  stored: readonly StoredSamples[],
): Point<Kind>[] {
  const steps = new Map<number, Mean>();
  const first = Math.floor(from.getTime() / stepMs);
  for (const { since, stepMs: apart, values } of stored) {
    values.forEach((sample, index) => {
      const at = since.getTime() + index * apart;
      const step = Math.floor(at / stepMs);
      if (step < first || at >= to.getTime()) return;
      const mean = steps.get(step) ?? new Mean();
      mean.add(sample);
      steps.set(step, mean);
    });
  }
  return [...steps]
    .filter(([, mean]) => !mean.isEmpty)
    .sort(([one], [other]) => one - other)
    .slice(-mostPoints)
    .map(([step, mean]) => pointOf(kind, new Date(step * stepMs), mean.values));
}
