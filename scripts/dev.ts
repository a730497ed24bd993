// `npm run dev`: what `npm start` runs, started anew whenever a source changes, and the console from Vite, which
// shows a change in the browser at once. Arguments and variables are those of `npm start`.
import { type ChildProcess, spawn } from 'node:child_process';
import { watch } from 'node:fs';
import path from 'node:path';
import { launcherVariables } from '@nephos/model/configuration.ts';
import { readConfiguration } from '@nephos/model/kernel/configuration.ts';

const root = path.resolve(import.meta.dirname, '..');
const watched = ['server', 'agents', 'usage', 'prisma', 'scripts/launch'];
/** Editors save in several writes. */
const settleMs = 200;

const { NEPHOS_HTTP_PORT, NEPHOS_LISTEN } = readConfiguration(launcherVariables, process.env);

function run(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [path.join(root, script), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

const launch = () => run('scripts/start.ts', process.argv.slice(2));

let product = launch();
const vite = spawn('vite', ['dev', '--host', NEPHOS_LISTEN], {
  cwd: path.join(root, 'console'),
  stdio: 'inherit',
  env: { ...process.env, NEPHOS_URL: `http://${NEPHOS_LISTEN}:${NEPHOS_HTTP_PORT}` },
});

let restarting: Promise<void> | undefined;
let timer: NodeJS.Timeout | undefined;
let isStopping = false;

async function restart(hasNewSchema: boolean): Promise<void> {
  product.kill('SIGTERM');
  await ended(product);
  if (hasNewSchema) await ended(run('scripts/bootstrap.mjs', ['generate']));
  if (!isStopping) product = launch();
}

for (const folder of watched) {
  watch(path.join(root, folder), { recursive: true }, (_event, file) => {
    const isSource =
      /\.(ts|prisma|sql)$/.test(file ?? '') && !/node_modules|generated|\.test\.ts$/.test(file ?? '');
    if (!isSource || isStopping) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      console.log(`${folder}/${file} changed: starting again`);
      restarting = (restarting ?? Promise.resolve()).then(() => restart(file?.endsWith('.prisma') ?? false));
    }, settleMs);
  });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (isStopping) return;
    isStopping = true;
    vite.kill();
    // Ctrl-C has reached the launcher too, which takes the second word for the first.
    product.kill('SIGTERM');
    void Promise.all([ended(vite), ended(product), restarting]).then(() => process.exit(0));
  });
