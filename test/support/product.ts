import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDataFolder } from '../../scripts/launch/data-folder.ts';
import { destroyLeftMachines } from './left-machines.ts';

const root = path.resolve(import.meta.dirname, '../..');
// The first start may install packages, and makes a database.
const readyMs = 240_000;
// The launcher promises 10 s; a machine that is busy with guests gets more.
const stopMs = 30_000;

export const adminPassword = 'correct horse battery';

export interface ProductOptions {
  driver: 'libvirt' | 'simulator';
  /** Added to the launcher's environment, over what stands here. */
  env?: Record<string, string>;
  /** Arguments of the launcher: `--no-system`. */
  flags?: readonly string[];
  /** What is run: the launcher itself, or the bootstrap that `npm start` runs first. */
  entry?: 'scripts/start.ts' | 'scripts/bootstrap.mjs';
  /** Folder of an earlier product, to start again in; a fresh one when left out. */
  dataFolder?: string;
  /** Gives up starting; then nothing is left. */
  signal?: AbortSignal;
}

export interface StopOptions {
  /** What becomes of the machines. */
  machines: 'keep' | 'destroy';
  /** What becomes of the data folder; when left out, the same as of the machines. */
  data?: 'keep' | 'remove';
}

/** Nephos as `npm start` runs it: every part a process of its own, on free ports. */
export interface Product {
  url: string;
  dataFolder: string;
  /** Sockets and files of the agents. */
  runFolder: string;
  /** The launcher's process; its children live in groups of their own. */
  pid: number;
  /** What the launcher printed so far. */
  output(): string;
  stop(options: StopOptions): Promise<void>;
}

/** @throws Error with the launcher's last lines when it does not get ready; nothing is left then */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const dataFolder = options.dataFolder ?? mkdtempSync(path.join(tmpdir(), 'nephos-product-'));
  // QEMU runs as a user of its own and has to get to the disks.
  chmodSync(dataFolder, 0o755);
  const { run: runFolder } = openDataFolder(dataFolder);
  let output = '';
  // A group of its own: Ctrl-C is for whoever started this, and they stop it in order.
  const entry = options.entry ?? 'scripts/start.ts';
  const command = entry === 'scripts/bootstrap.mjs' ? ['start'] : [];
  const launcher = spawn(process.execPath, [path.join(root, entry), ...command, ...(options.flags ?? [])], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      DATABASE_URL: '',
      NEPHOS_LISTEN: '127.0.0.1',
      NEPHOS_HTTP_PORT: '0',
      NEPHOS_AGENT_PORT: '0',
      NEPHOS_DATA: dataFolder,
      NEPHOS_DRIVER: options.driver,
      NEPHOS_ADMIN_PASSWORD: adminPassword,
      ...options.env,
    },
  });
  const stop = async ({ machines, data = machines === 'keep' ? 'keep' : 'remove' }: StopOptions) => {
    await end(launcher);
    if (machines === 'destroy') {
      await destroyLeftMachines(dataFolder, runFolder);
      rmSync(runFolder, { recursive: true, force: true });
    }
    if (data === 'remove') rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 });
  };
  let timer: NodeJS.Timeout | undefined;
  try {
    const url = await new Promise<string>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`not ready after ${readyMs / 1000} s`)), readyMs);
      const read = (chunk: Buffer) => {
        output += chunk.toString();
        const ready = /^Nephos is ready at (\S+) /m.exec(output);
        if (ready?.[1] !== undefined) resolve(ready[1]);
      };
      launcher.stdout.on('data', read);
      launcher.stderr.on('data', read);
      launcher.once('error', reject);
      const giveUp = () => reject(options.signal?.reason as Error);
      if (options.signal?.aborted) giveUp();
      options.signal?.addEventListener('abort', giveUp, { once: true });
      launcher.once('close', (code) => reject(new Error(`ended with exit code ${code ?? '?'}`)));
    });
    return { url, dataFolder, runFolder, pid: launcher.pid ?? -1, output: () => output, stop };
  } catch (error) {
    await stop({ machines: 'destroy', data: options.dataFolder === undefined ? 'remove' : 'keep' });
    throw new Error(`npm start: ${(error as Error).message}\n${lastLines(output)}`.trim(), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function end(launcher: ChildProcess): Promise<void> {
  if (launcher.pid === undefined || launcher.exitCode !== null || launcher.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => launcher.once('exit', () => resolve()));
  launcher.kill('SIGTERM');
  const kill = setTimeout(() => launcher.kill('SIGKILL'), stopMs);
  await ended;
  clearTimeout(kill);
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-20).join('\n');
}
