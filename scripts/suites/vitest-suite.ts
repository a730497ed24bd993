import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root, runNode, withoutReport, type Outcome } from './suite.ts';

/** Runs vitest with these arguments, in the repository's folder or one below that has a configuration of its own. */
export async function runVitest(args: readonly string[], workspace = '.'): Promise<Outcome> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nephos-report-'));
  const file = path.join(folder, 'outcome.json');
  try {
    const reporter = path.join(root, 'scripts/suites/outcome-reporter.ts');
    const code = await runNode(
      'node_modules/vitest/vitest.mjs',
      ['run', ...args, '--reporter=default', `--reporter=${reporter}`],
      { folder: workspace, env: { OUTCOME_FILE: file } },
    );
    const outcome = JSON.parse(readFileSync(file, 'utf8')) as Outcome;
    return outcome.failed === 0 && code !== 0 ? { ...outcome, failed: 1 } : outcome;
  } catch (error) {
    return withoutReport('vitest', error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
