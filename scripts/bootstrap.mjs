// The first thing every npm script runs. Plain JavaScript, because on a fresh clone nothing is installed yet
// and the Node at hand may be as old as 20: it makes sure that dependencies, generated code and, where it is
// needed, the console are there and fresh, then hands over to `scripts/<command>.ts` on the pinned Node.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const bin = path.join(root, 'node_modules', '.bin');

const [command = '', ...args] = process.argv.slice(2);
const needsConsole = new Set(['check', 'start', 'test', 'bench', 'tutorial', 'screenshots', 'build']);

function digest(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(path.join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

function filesBelow(folder, skip = new Set()) {
  const found = [];
  for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
    if (skip.has(entry.name)) continue;
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) found.push(...filesBelow(file, skip));
    else if (entry.isFile()) found.push(file);
  }
  return found.sort();
}

function run(program, programArgs, options = {}) {
  const result = spawnSync(program, programArgs, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    ...options,
  });
  if (result.error) throw result.error;
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** Runs `make` unless `stamp` already holds the digest of `inputs`. */
function whenStale(what, inputs, stamp, make) {
  const wanted = digest(inputs);
  const file = path.join(root, stamp);
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) return;
  process.stderr.write(`nephos: ${what}\n`);
  make();
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, wanted);
}

/** What the lock file asks for and npm does not say it installed (`node_modules/.package-lock.json`), if anything. */
function missingDependency() {
  const hidden = path.join(root, 'node_modules', '.package-lock.json');
  const installed = existsSync(hidden) ? JSON.parse(readFileSync(hidden, 'utf8')).packages : {};
  const wanted = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  const missing = Object.entries(wanted).find(
    ([place, { version, optional, devOptional }]) =>
      place.startsWith('node_modules/') && !optional && !devOptional && installed[place]?.version !== version,
  );
  return missing?.[0];
}

function ensureDependencies() {
  if (missingDependency() === undefined) return;
  process.stderr.write('nephos: installing dependencies (npm ci)\n');
  run('npm', ['ci', '--no-progress', '--loglevel=error']);
  const missing = missingDependency();
  if (missing === undefined) return;
  // Every command would install all of them again.
  process.stderr.write(`nephos: package-lock.json names ${missing}, which nothing needs: run npm install\n`);
  process.exit(1);
}

/** Two commands started at once must not generate into each other's files. */
function exclusively(action) {
  const lock = path.join(root, 'node_modules', '.nephos-lock');
  for (let waited = 0; ; waited += 100) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const age = existsSync(lock) ? Date.now() - statSync(lock).mtimeMs : 0;
      if (age > 300_000) rmSync(lock, { recursive: true, force: true });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
  }
  try {
    action();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function ensureGenerated() {
  const inputs = [...filesBelow('prisma/schema'), 'prisma/prisma.config.ts', 'prisma/package.json'];
  whenStale('generating database types', inputs, 'prisma/generated/.digest', () => {
    // The generators need no engine: pointing Prisma at a stand-in keeps it from downloading one.
    const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
    run(path.join(bin, 'prisma'), ['generate', '--no-hints'], {
      cwd: path.join(root, 'prisma'),
      env: { ...env, PATH: `${bin}${path.delimiter}${env.PATH}` },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  });
}

function ensureConsole() {
  if (!existsSync(path.join(root, 'console', 'vite.config.ts'))) return;
  const skip = new Set(['node_modules', 'build', '.svelte-kit', 'generated', '.digest']);
  const inputs = [...filesBelow('console', skip), 'server/graphql/schema.graphql', 'package-lock.json'];
  whenStale('building the console', inputs, 'console/build/.digest', () =>
    run('npm', ['run', '--silent', 'build', '--workspace', '@nephos/console'], {
      env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` },
    }),
  );
}

function pinnedNode() {
  const node = path.join(bin, 'node');
  if (existsSync(node)) return node;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  process.stderr.write(
    `nephos: there is no packaged Node for ${process.platform}-${process.arch}; install Node 24 or newer (this is ${process.version})\n`,
  );
  process.exit(1);
}

ensureDependencies();
exclusively(() => {
  ensureGenerated();
  if (needsConsole.has(command)) ensureConsole();
});

if (command !== 'generate' && command !== 'build') {
  const script = path.join(root, 'scripts', `${command}.ts`);
  const child = spawn(pinnedNode(), [script, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` },
  });
  // The terminal sends Ctrl-C to the whole group; the child decides how to end, this process only waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}
