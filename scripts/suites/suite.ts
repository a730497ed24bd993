import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Purpose } from '../launch/system-packages.ts';

/** A test that failed, to be told again at the end: what a run printed hours ago nobody reads, if it is kept at all. */
export interface Failure {
  /** Where the test stands, and its name. */
  test: string;
  /** What it said, as long as that is. */
  problem: string;
}

/** What a suite found. */
export interface Outcome {
  passed: number;
  failed: number;
  /** Tests that were there and did not run. */
  skipped: number;
  failures: readonly Failure[];
}

/** One part of `npm test`. */
export interface Suite {
  name: string;
  /** Seconds it should stay under on two cores. */
  budgetSeconds: number;
  /** What it needs of the system; without it the suite is left out. */
  needs: readonly Purpose[];
  run(): Promise<Outcome>;
}

export const root = path.resolve(import.meta.dirname, '..', '..');

/** A suite that ended without a report has failed, whatever it may have printed. */
export function withoutReport(runner: string, error: unknown): Outcome {
  return {
    passed: 0,
    failed: 1,
    skipped: 0,
    failures: [{ test: runner, problem: `left no report: ${String(error)}` }],
  };
}

/**
 * Runs a program of this repository on this Node, its output shown.
 *
 * @param where variables to add, and the folder to run it in: the repository's, or one below
 * @returns its exit code
 */
export function runNode(
  script: string,
  args: readonly string[],
  { env = {}, folder = '.' }: { env?: NodeJS.ProcessEnv; folder?: string } = {},
): Promise<number> {
  const child = spawn(process.execPath, [path.join(root, script), ...args], {
    cwd: path.join(root, folder),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
