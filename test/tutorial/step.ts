import type { World } from './world.ts';

/** What a step needs that a simulated host has not. */
export type Need =
  /** A guest that runs. */
  | 'guest'
  /** A libvirt that can be looked into. */
  | 'libvirt';

/** One thing that the tutorial does and proves. */
export interface Step {
  name: string;
  /** After so long it has failed. */
  deadlineSeconds: number;
  needs?: Need;
  /**
   * @param signal aborted at the deadline, or when the tutorial is interrupted
   * @returns what was found, in a few words
   * @throws whatever shows that Nephos does not do what it should
   */
  run(world: World, signal: AbortSignal): Promise<string>;
}

/** A step's expectation does not hold. */
export class Unexpected extends Error {
  override name = 'Unexpected';
}

export function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Unexpected(otherwise);
}
