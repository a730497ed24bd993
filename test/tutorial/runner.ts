import { causeOf } from './cause.ts';
import type { Step } from './step.ts';
import type { World } from './world.ts';

export interface Outcome {
  passed: number;
  failed: number;
}

/** A step that was told to end gets so long to do it. */
const endingMs = 10_000;

/**
 * Plays steps in order and prints a line for each. The first that fails ends it.
 * @param interrupted aborted when somebody wants it to end early
 */
export async function runSteps(
  steps: readonly Step[],
  world: World,
  interrupted: AbortSignal,
  print: (line: string) => void,
): Promise<Outcome> {
  const outcome = { passed: 0, failed: 0 };
  for (const [index, step] of steps.entries()) {
    const tell = (result: string, text = '') =>
      print(`${String(index + 1).padStart(2)}  ${result.padEnd(16)}  ${step.name}${text}`);
    if (step.needs !== undefined && world.isSimulated) {
      tell('not applicable');
    } else {
      const startedAt = performance.now();
      const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s`;
      try {
        const note = await within(step, world, interrupted);
        tell(`ok      ${seconds()}`, `: ${note}`);
        outcome.passed += 1;
      } catch (error) {
        tell(`failed  ${seconds()}`);
        outcome.failed += 1;
        print(await causeOf(error, world));
        print(`the ${steps.length - index - 1} steps after it were not run`);
        break;
      }
    }
  }
  return outcome;
}

/** Runs a step; rejects at its deadline, or when it is interrupted, whatever it does. */
async function within(step: Step, world: World, interrupted: AbortSignal): Promise<string> {
  const over = new AbortController();
  const deadline = setTimeout(
    () => over.abort(new Error(`not done after ${step.deadlineSeconds} s`)),
    step.deadlineSeconds * 1000,
  );
  const signal = AbortSignal.any([over.signal, interrupted]);
  let ending: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const end = () => {
      ending = setTimeout(() => reject(signal.reason as Error), endingMs);
    };
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([step.run(world, signal), tooLate]);
  } catch (error) {
    // What a step says when it was told to end is not why it had to.
    throw signal.aborted ? withDetail(signal.reason, error) : error;
  } finally {
    clearTimeout(deadline);
    clearTimeout(ending);
  }
}

function withDetail(reason: unknown, error: unknown): unknown {
  return error === reason ? reason : new Error((reason as Error).message, { cause: error });
}
