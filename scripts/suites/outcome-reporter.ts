// Writes what a run of vitest found, as JSON, to the file that OUTCOME_FILE names. Vitest's own JSON lacks the difference
// between what was and what should have been, which is often all there is to a failure.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';
import { root, type Failure, type Outcome } from './suite.ts';

const messageCharacters = 600;

/** The cause first: a property's message is mostly its counterexample. */
function describeError({ message, diff, stacks = [], cause }: TestError): string {
  const places = stacks.map(
    ({ file, line, column }) => `  at ${path.relative(root, file)}:${line}:${column}`,
  );
  const because = cause === undefined ? [] : [describeError(cause)];
  return [...because, message.slice(0, messageCharacters), ...(diff ? [diff] : []), ...places].join('\n');
}

const describeErrors = (errors: readonly TestError[] | undefined) =>
  (errors ?? []).map(describeError).join('\n');

function outcomeOf(module: TestModule): Outcome {
  const tests = [...module.children.allTests()];
  const count = (state: 'passed' | 'skipped' | 'failed' | 'pending') =>
    tests.filter((test) => test.result().state === state).length;
  const failures: Failure[] = tests
    .filter((test) => test.result().state === 'failed')
    .map((test) => ({
      test: `${module.relativeModuleId} › ${test.fullName}`,
      problem: describeErrors(test.result().errors),
    }));
  // What broke outside a test: the file itself, or what was to be done before or after its tests.
  const parts = [module, ...module.children.allSuites()];
  for (const part of parts) {
    const errors = part.errors();
    if (errors.length === 0) continue;
    const name = part.type === 'suite' ? ` › ${part.fullName}` : '';
    failures.push({ test: `${module.relativeModuleId}${name}`, problem: describeErrors(errors) });
  }
  return {
    passed: count('passed'),
    failed: failures.length,
    skipped: count('skipped') + count('pending'),
    failures,
  };
}

export default class OutcomeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly TestError[]): void {
    const outcomes = modules.map(outcomeOf);
    const sum = (part: 'passed' | 'failed' | 'skipped') =>
      outcomes.reduce((total, outcome) => total + outcome[part], 0);
    const outside = unhandled.map((error) => ({
      test: 'outside of any test',
      problem: describeError(error),
    }));
    const outcome: Outcome = {
      passed: sum('passed'),
      failed: sum('failed') + outside.length,
      skipped: sum('skipped'),
      failures: [...outcomes.flatMap(({ failures }) => failures), ...outside],
    };
    const file = process.env.OUTCOME_FILE;
    if (file === undefined) throw new Error('OUTCOME_FILE is not set');
    writeFileSync(file, JSON.stringify(outcome));
  }
}
