import { runSteps } from './runner.ts';
import { steps } from './steps.ts';
import { World, type TutorialOptions } from './world.ts';

/**
 * Plays the whole tutorial and cleans up, however it ends. Prints a line for each step and, as the last one, the
 * sum.
 * @returns whether nothing failed
 */
export async function playTutorial(options: TutorialOptions, interrupted: AbortSignal): Promise<boolean> {
  const print = (line: string) => console.log(line);
  const world = new World(options);
  const outcome = await runSteps(steps, world, interrupted, print);
  const dataFolder = world.dataFolder;
  try {
    await world[Symbol.asyncDispose]();
  } catch (error) {
    print(`cleaning up failed: ${(error as Error).message}`);
    outcome.failed += 1;
  }
  if (options.keepsData && dataFolder !== undefined) print(`kept: ${dataFolder}`);
  print(`${outcome.passed} passed, ${outcome.failed} failed`);
  return outcome.failed === 0;
}
