// `npm run check`: what can be known of the code without running it. The last line counts the checks.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { migrationScriptFor } from '@nephos/model/migrate/schema-engine.ts';
import { printApiSchema } from '@nephos/server/graphql/schema.ts';
import { undescribed } from './checks/descriptions.ts';
import { withMigratedDatabase } from './launch/scratch-database.ts';

const root = path.resolve(import.meta.dirname, '..');

/** Runs a program from node_modules/.bin (which the bootstrap put on the PATH). @returns what it complains of */
async function tool(program: string, ...args: string[]): Promise<string> {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  const [status, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return status === 0 ? '' : `${stdout}${stderr}`.trim() || `${program} ended with ${status}`;
}

/** Each gives what is wrong, or nothing. */
const checks: Record<string, () => string | Promise<string>> = {
  // These two take longest by far. Apart they need less memory, and both processors.
  lint: () => tool('eslint', '.', '--max-warnings=0', '--ignore-pattern', 'console'),
  'lint of the console': () => tool('eslint', 'console', '--max-warnings=0'),
  format: () => tool('prettier', '--check', '--log-level=warn', '.'),
  types: () => tool('tsc', '-p', '.', '--noEmit'),
  boundaries: () =>
    tool(
      'depcruise',
      '--config',
      'dependency-cruiser.config.js',
      'server',
      'agents',
      'usage',
      'prisma',
      'scripts',
      'test',
      'console/src',
    ),
  'dead code': () => tool('knip', '--no-progress'),
  // Not its `check`: what that generates the bootstrap has generated, and others of these read.
  console: () => tool('npm', 'run', '--silent', 'verify', '--workspace', '@nephos/console'),
  'schema is fresh': () => {
    const stored = readFileSync(path.join(root, 'server/graphql/schema.graphql'), 'utf8');
    return stored === printApiSchema() ? '' : 'server/graphql/schema.graphql is old: npm run schema';
  },
  'schema is described': () => undescribed().join('\n'),
  'migrations make the schema': async () => {
    const script = await withMigratedDatabase(migrationScriptFor);
    return script === null ? '' : `npm run migration -- NAME would write:\n${script}`;
  },
};

let failed = 0;
const waiting = Object.entries(checks);

async function runInTurn(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [name, run] = next;
    const startedAt = performance.now();
    const problem = await Promise.resolve(run()).catch(String);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    if (problem) failed++;
    console.log(`${problem ? 'FAILED' : 'ok    '} ${name} (${seconds} s)`);
    if (problem) console.log(problem);
  }
}

// Most of them use one processor.
await Promise.all([runInTurn(), runInTurn()]);
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
