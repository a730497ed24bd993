import { spawn } from 'node:child_process';
import path from 'node:path';
import { root, withoutReport, type Outcome } from './suite.ts';

const keptCharacters = 1500;

/** Runs a script of this folder whose last line is `N passed, N failed`. */
export async function runCounted(script: string, args: readonly string[] = []): Promise<Outcome> {
  const child = spawn(process.execPath, [path.join(root, 'scripts', `${script}.ts`), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let tail = '';
  child.stdout.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk);
    tail = (tail + chunk.toString()).slice(-keptCharacters);
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 1));
  });
  const sum = /(\d+) passed, (\d+) failed\s*$/.exec(tail);
  if (!sum) return withoutReport(script, tail);
  const failed = Number(sum[2]) || (code === 0 ? 0 : 1);
  return {
    passed: Number(sum[1]),
    failed,
    skipped: 0,
    failures: failed === 0 ? [] : [{ test: script, problem: tail }],
  };
}
