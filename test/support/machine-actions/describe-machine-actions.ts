import {
  machineActions,
  type MachineAction,
} from '@nephos/server/compute/virtual-machine/available-actions.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ActedOn, Act, Stage } from './stage.ts';
import { actsWhileRunning } from './while-running.ts';
import { actsWhileStopped } from './while-stopped.ts';

/** One life of a machine. An action that is new in the API is shown here; a state it begins in is in one of the two. */
const life: readonly Act[] = [...actsWhileRunning, ...actsWhileStopped];

/** An action that a driver does not do, or not as others do it. */
export interface Exception {
  action: MachineAction;
  /** Why that is right. */
  reason: string;
  /** What the hypervisor said, to the letter. */
  error: string;
  /** Provokes it. @returns what was said */
  provoke(stage: Stage): Promise<string>;
}

/** Everything that can be done to a machine, on the hosts of a driver, each by what its hypervisor has afterwards. */
export function describeMachineActions(
  driver: string,
  open: () => Promise<Stage & AsyncDisposable>,
  exceptions: readonly Exception[],
): void {
  describe(`what can be done to a machine: ${driver}`, () => {
    let stage: Stage & AsyncDisposable;
    const machine: ActedOn = { id: '' };

    beforeAll(async () => {
      stage = await open();
    }, 300_000);

    afterAll(() => stage[Symbol.asyncDispose](), 60_000);

    for (const { shows, what, run } of life)
      test(`${shows.join(', ') || 'DEPLOY'}: ${what}`, () => run(stage, machine));

    for (const { action, reason, error, provoke } of exceptions)
      test(`${action}, an exception: ${reason}`, async () => {
        expect(await provoke(stage)).toContain(error);
      });

    test('every action is shown, or is a reviewed exception', () => {
      const shown = new Set([
        ...life.flatMap(({ shows }) => shows),
        ...exceptions.map(({ action }) => action),
      ]);
      const all = Object.keys(machineActions) as MachineAction[];
      expect(all.filter((action) => !shown.has(action))).toEqual([]);
    });
  });
}
