// `npm run bite`: shows that the access test bites. It removes one guard after the other from a copy of the source and
// demands that the test fails for it. The last line counts those that were noticed.
import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { guards, type Guard } from '../test/coverage/access/guards.ts';
import { root } from './suites/suite.ts';

const runSeconds = 120;

interface Report {
  testResults: { assertionResults: { status: string; title: string; failureMessages: string[] }[] }[];
}

/** Copies what a test of the server needs; installed packages are linked, our own lead into the copy. */
function copySource(folder: string): void {
  const skipped = new Set(['node_modules', '.svelte-kit', 'build', 'guest']);
  for (const name of [
    'package.json',
    'vitest.config.ts',
    'tsconfig.json',
    'agents',
    'prisma',
    'scripts',
    'server',
    'test',
    'usage',
  ]) {
    cpSync(path.join(root, name), path.join(folder, name), {
      recursive: true,
      filter: (source) => !skipped.has(path.basename(source)),
    });
  }
  const ours = '@nephos';
  const packages = path.join(root, 'node_modules');
  mkdirSync(path.join(folder, 'node_modules'));
  for (const name of readdirSync(packages)) {
    if (name !== ours) symlinkSync(path.join(packages, name), path.join(folder, 'node_modules', name));
  }
  cpSync(path.join(packages, ours), path.join(folder, 'node_modules', ours), {
    recursive: true,
    verbatimSymlinks: true,
  });
  symlinkSync(path.join(root, 'test/node_modules'), path.join(folder, 'test/node_modules'));
}

/** Runs parts of the access test in a copy. @returns titles of the tests that found something wrong */
async function failuresIn(folder: string, parts: readonly string[]): Promise<string[]> {
  const file = path.join(folder, 'report.json');
  rmSync(file, { force: true });
  const child = spawn(
    process.execPath,
    [
      path.join(root, 'node_modules/vitest/vitest.mjs'),
      ...['run', '--project', 'api', 'test/coverage/access', '--reporter=json', `--outputFile=${file}`],
    ],
    {
      cwd: folder,
      stdio: 'ignore',
      timeout: runSeconds * 1000,
      env: { ...process.env, ACCESS_ONLY: parts.join(',') },
    },
  );
  await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report;
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  if (!results.some(({ title }) => parts.includes(title)))
    throw new Error(`no test ran of ${parts.join(', ')}`);
  // One that did not run at all, or broke, noticed nothing.
  const found = results.filter(({ failureMessages }) => failureMessages[0]?.startsWith('AssertionError'));
  const broken = results.filter((result) => result.status !== 'passed' && !found.includes(result));
  if (broken.length > 0) throw new Error(`${broken[0]?.title} broke: ${broken[0]?.failureMessages[0]}`);
  return found.map(({ title }) => title);
}

/** @throws Error when the guard does not stand in the source, or more than once */
function sourceWithout({ name, file, text, without }: Guard): string {
  const parts = readFileSync(path.join(root, file), 'utf8').split(text);
  if (parts.length !== 2) throw new Error(`“${name}” stands ${parts.length - 1} times in ${file}: ${text}`);
  return parts.join(without);
}

const folder = mkdtempSync(path.join(tmpdir(), 'nephos-bite-'));
try {
  const waiting = guards.map((guard) => ({ ...guard, source: sourceWithout(guard) }));
  // Most of a run uses one processor.
  const copies = [path.join(folder, 'one'), path.join(folder, 'two')] as const;
  copies.forEach(copySource);
  const before = await failuresIn(copies[0], [...new Set(guards.flatMap(({ noticedBy }) => noticedBy))]);
  if (before.length > 0) throw new Error(`with all guards in place it fails: ${before.join(', ')}`);
  let noticed = 0;
  const removeInTurn = async (copy: string) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { name, file, source, noticedBy } = next;
      const place = path.join(copy, file);
      const whole = readFileSync(place, 'utf8');
      writeFileSync(place, source);
      const failures = await failuresIn(copy, noticedBy);
      writeFileSync(place, whole);
      if (failures.length > 0) noticed++;
      console.log(failures.length > 0 ? `noticed   ${name}` : `SURVIVED  ${name} (${file})`);
    }
  };
  await Promise.all(copies.map(removeInTurn));
  console.log(`${noticed} of ${guards.length} guards removed were noticed`);
  console.log(`${noticed} passed, ${guards.length - noticed} failed`);
  process.exitCode = noticed === guards.length ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
