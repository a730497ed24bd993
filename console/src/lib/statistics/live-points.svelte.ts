import { problemFrom, type Problem } from '../api/problem.ts';
import { withPoint } from './with-point.ts';

const hourMs = 3_600_000;
/** An hour of the stored points and the live ones of the time that the page is open. */
const mostPoints = 2000;

/** Where figures come from. */
export interface PointSource<Point> {
  /** Those that are stored, from a time on. */
  stored: (id: string, from: string) => Promise<readonly Point[]>;
  /** Those that come from now on. @returns a function that ends it */
  follow: (id: string, onPoint: (point: Point) => void, onProblem: (problem: Problem) => void) => () => void;
}

/** What something did: in the last hour, and from then on live. */
export class LivePoints<Point extends { at: string }> {
  all = $state.raw<readonly Point[]>([]);
  problem = $state.raw<Problem>();
  /** In seconds since 1970, as charts have it. */
  readonly times = $derived(this.all.map(({ at }) => new Date(at).getTime() / 1000));
  readonly #source: PointSource<Point>;

  constructor(source: PointSource<Point>) {
    this.#source = source;
  }

  /** One figure of every point. */
  values(read: (point: Point) => number | null): (number | null)[] {
    return this.all.map(read);
  }

  /** @returns a function that ends it */
  follow(id: string): () => void {
    let isOver = false;
    let end: (() => void) | undefined;
    const begin = async () => {
      const points = await this.#source.stored(id, new Date(Date.now() - hourMs).toISOString());
      if (isOver) return;
      this.all = points;
      end = this.#source.follow(
        id,
        (point) => (this.all = withPoint(this.all, point, mostPoints)),
        (problem) => (this.problem = problem),
      );
    };
    this.problem = undefined;
    begin().catch((error: unknown) => (this.problem = problemFrom(error)));
    return () => {
      isOver = true;
      end?.();
    };
  }
}
