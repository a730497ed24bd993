import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runNode, withoutReport, type Outcome } from './suite.ts';

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  /** Files that failed before or after their tests do not show among the tests. */
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** Runs vitest with these arguments, in the repository's folder or one below that has a configuration of its own. */
export async function runVitest(args: readonly string[], workspace = '.'): Promise<Outcome> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nephos-report-'));
  const file = path.join(folder, 'vitest.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const code = await runNode('node_modules/vitest/vitest.mjs', ['run', ...args, ...reporters], {
      folder: workspace,
    });
    const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
    const brokenFiles = report.testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && assertionResults.every((result) => result.status !== 'failed'),
    ).length;
    const failed = report.numFailedTests + brokenFiles;
    return {
      passed: report.numPassedTests,
      failed: failed === 0 && code !== 0 ? 1 : failed,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch (error) {
    console.error('vitest left no report:', error);
    return withoutReport;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
