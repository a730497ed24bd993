import { setTimeout as sleep } from 'node:timers/promises';

const everyMs = 50;

/**
 * Waits until an answer is what it should be.
 * @throws Error with the last answer when it does not get so in time
 */
export async function eventually<Answer>(
  ask: () => Answer | Promise<Answer>,
  isIt: (answer: Answer) => boolean,
  withinSeconds = 30,
): Promise<Answer> {
  for (const deadline = Date.now() + withinSeconds * 1000; ;) {
    const answer = await ask();
    if (isIt(answer)) return answer;
    if (Date.now() > deadline) {
      const text = JSON.stringify(answer, (_key, value: unknown) =>
        typeof value === 'bigint' ? value.toString() : value,
      );
      throw new Error(`after ${withinSeconds} s it is still ${text}`);
    }
    await sleep(everyMs);
  }
}
