// `npm test`: every suite, or with paths the tests of those files. The last line is the sum of all.
import { stripVTControlCharacters } from 'node:util';
import { canInstall, installCommand, missingPackages, type Purpose } from './launch/system-packages.ts';
import { installPackages } from './launch/system-packages-install.ts';
import { needsOf, runPaths, suites } from './suites/suites.ts';
import type { Outcome } from './suites/suite.ts';

/** Installs what is missing where it may. @returns the purposes that this machine cannot serve */
async function prepareSystem(purposes: readonly Purpose[]): Promise<Purpose[]> {
  const missing = await missingPackages(purposes);
  if (missing.length === 0) return [];
  if (!canInstall()) {
    console.log(`Left out for want of system packages; to have them: ${installCommand(missing)}`);
    const lacks = await Promise.all(purposes.map(async (one) => (await missingPackages([one])).length > 0));
    return purposes.filter((_, index) => lacks[index]);
  }
  console.log(`Installing system packages: ${missing.join(' ')}`);
  await installPackages(missing, { log: (line) => console.log(line) });
  return [];
}

const problemCharacters = 2000;

/** @param lines a line of each suite */
function report(outcomes: readonly Outcome[], lines: readonly string[] = []): never {
  const sum = (part: 'passed' | 'failed' | 'skipped') =>
    outcomes.reduce((total, outcome) => total + outcome[part], 0);
  for (const { test, problem } of outcomes.flatMap(({ failures }) => failures))
    console.log(`\nFAILED ${test}\n${stripVTControlCharacters(problem).slice(0, problemCharacters)}`);
  if (lines.length > 0) console.log(`\n${lines.join('\n')}`);
  // A test that is there and does not run proves nothing, so it does not pass.
  const failed = sum('failed') + sum('skipped');
  console.log(`${sum('passed')} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

const paths = process.argv.slice(2);
if (paths.length > 0) {
  await prepareSystem(needsOf(paths));
  report(await runPaths(paths));
}

const lacking = await prepareSystem([...new Set(suites.flatMap(({ needs }) => needs))]);
const lines: string[] = [];
const outcomes: Outcome[] = [];
for (const { name, budgetSeconds, needs, run } of suites) {
  const lack = needs.filter((need) => lacking.includes(need));
  if (lack.length > 0) {
    lines.push(`${name.padEnd(12)} left out: this machine has no ${lack.join(', ')}`);
    continue;
  }
  console.log(`\n── ${name} ──`);
  const startedAt = performance.now();
  const outcome = await run();
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  outcomes.push(outcome);
  const counts = `${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`;
  lines.push(`${name.padEnd(12)} ${counts} in ${seconds} s (budget ${budgetSeconds} s)`);
}
report(outcomes, lines);
