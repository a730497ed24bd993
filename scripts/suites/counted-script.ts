import { spawn } from 'node:child_process';
import path from 'node:path';
import { root, withoutReport, type Outcome } from './suite.ts';

const keptCharacters = 12_000;

/** Runs a script of this folder whose last line is `N passed, N failed`. */
export async function runCounted(script: string, args: readonly string[] = []): Promise<Outcome> {
  const child = spawn(process.execPath, [path.join(root, 'scripts', `${script}.ts`), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (chunk: Buffer) => {
      process[stream].write(chunk);
      said[stream] = (said[stream] + chunk.toString()).slice(-keptCharacters);
    });
  }
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 1));
  });
  const sum = /(\d+) passed, (\d+) failed\s*$/.exec(said.stdout);
  if (!sum) return withoutReport(script, said.stderr || said.stdout);
  const failed = Number(sum[2]) || (code === 0 ? 0 : 1);
  // What went well before it is no part of the problem.
  const problem = said.stdout.slice(Math.max(0, said.stdout.search(/^.*\b(failed|SURVIVED)\b/m)));
  return {
    passed: Number(sum[1]),
    failed,
    skipped: 0,
    failures: failed === 0 ? [] : [{ test: script, problem }],
  };
}
