import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root, runNode, withoutReport, type Failure, type Outcome } from './suite.ts';

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  suites: SuiteReport[];
}

interface SuiteReport {
  suites?: SuiteReport[];
  specs: {
    file: string;
    line: number;
    title: string;
    ok: boolean;
    tests: { results: { errors: { message?: string }[] }[] }[];
  }[];
}

function failuresOf({ suites = [], specs }: SuiteReport): Failure[] {
  const own = specs
    .filter(({ ok }) => !ok)
    .map(({ file, line, title, tests }) => ({
      test: `test/e2e/${file}:${line} › ${title}`,
      problem: tests
        .flatMap(({ results }) => results.flatMap(({ errors }) => errors.map(({ message = '' }) => message)))
        .join('\n'),
    }));
  return [...own, ...suites.flatMap(failuresOf)];
}

/** Runs the browser tests; a test that passed only when repeated has failed. */
export async function runPlaywright(args: readonly string[]): Promise<Outcome> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nephos-report-'));
  const file = path.join(folder, 'playwright.json');
  try {
    const code = await runNode(
      'node_modules/@playwright/test/cli.js',
      ['test', '-c', 'test/e2e/playwright.config.ts', '--reporter=line,json', ...args],
      { env: { PLAYWRIGHT_JSON_OUTPUT_FILE: file } },
    );
    const { stats, suites } = JSON.parse(readFileSync(file, 'utf8')) as PlaywrightReport;
    const failed = stats.unexpected + stats.flaky;
    if (failed > 0) showFailedPages();
    return {
      passed: stats.expected,
      failed: failed === 0 && code !== 0 ? 1 : failed,
      skipped: stats.skipped,
      failures: suites.flatMap(failuresOf),
    };
  } catch (error) {
    return withoutReport('playwright', error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const mostCharacters = 6000;

/** Prints what stood on the pages of tests that failed: of a run elsewhere nothing else may be left. */
function showFailedPages(): void {
  for (const file of globSync('.cache/e2e/*/error-context.md', { cwd: root })) {
    console.log(`\n── ${file} ──\n${readFileSync(path.join(root, file), 'utf8').slice(0, mostCharacters)}`);
  }
}
