import type { ApiClient } from '../support/api-client.ts';
import type { World } from '../support/world.ts';

export interface AnySaga {
  kind: string;
  steps: readonly {
    name: string;
    act?: unknown;
    undo?: unknown;
    recordUndo?: unknown;
  }[];
}

/** One kind of job, and how a client comes to start it, as often as there are moments to be killed in. */
export interface Journey {
  /** Made without what its steps need: only their names are asked for. */
  saga: AnySaga;
  /**
   * Does what has to come before, on something of this name, for the job to come to this moment.
   * @returns id of what the job is to work on
   */
  prepare(world: World, name: string, moment: string): Promise<string>;
  /** @returns the job's id */
  begin(world: World, target: string): Promise<string>;
  /** Asserts that all is as it should be at the end. */
  arrived(world: World, target: string): Promise<void>;
}

/**
 * Moments at which a server can die while a saga goes forward, by the saga's own list of steps: after a step acted
 * and before that was written, and after it was written. The last come first, so that a job that was left at one
 * of them does not pass the next.
 */
export function momentsForward({ kind, steps }: AnySaga): string[] {
  return steps
    .flatMap(({ name, act }) => {
      const written = `${kind}:${name}`;
      // Where nothing acts, the world is as it was after the step before.
      return act === undefined ? [written] : [`${written}:acted`, written];
    })
    .reverse();
}

/** Like {@link momentsForward} for the way back. */
export function momentsBackward({ kind, steps }: AnySaga): string[] {
  return steps
    .filter(({ undo, recordUndo }) => undo !== undefined || recordUndo !== undefined)
    .flatMap(({ name }) => [`${kind}:${name}:undone`, `${kind}:${name}:undoActed`]);
}

/** Does a mutation that makes a job. @returns its id */
export async function beginJob(
  client: ApiClient,
  mutation: string,
  inputType: string,
  input: Record<string, unknown>,
): Promise<string> {
  const answer = await client.ask<Record<string, { job: { id: string } }>>(
    `mutation ($input: ${inputType}!) { ${mutation}(input: $input) { job { id } } }`,
    { input },
  );
  return answer[mutation]!.job.id;
}
