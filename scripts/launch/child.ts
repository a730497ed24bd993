import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import path from 'node:path';

export interface ChildOptions {
  /** What people call it; also the name of its log file. */
  name: string;
  /** Entry file, relative to the repository. */
  entry: string;
  env: Record<string, string>;
  logFolder: string;
  /** Called for what it sends to its parent, each time it starts. */
  onMessage?(message: unknown): void;
  /** Called when it ended without having been asked to, with the last it wrote to its error output. */
  onFailure?(lastWords: string): void;
  /** A line for the terminal. */
  say(line: string): void;
}

const root = path.resolve(import.meta.dirname, '..', '..');
const firstRestartMs = 500;
const longestRestartMs = 15_000;
/** A process that ran this long did not fail at its start: the pauses begin anew. */
const settledMs = 30_000;
const graceMs = 6000;
const longestWords = 2000;

/** A process that is kept running until it is stopped. */
export class Child {
  readonly #options: ChildOptions;
  readonly #log: WriteStream;
  #process: ChildProcess | undefined;
  #isStopping = false;
  #failures = 0;
  #restart: NodeJS.Timeout | undefined;

  constructor(options: ChildOptions) {
    this.#options = options;
    mkdirSync(options.logFolder, { recursive: true });
    this.#log = createWriteStream(path.join(options.logFolder, `${options.name}.log`), { flags: 'a' });
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  start(): void {
    const { name, entry, env, onMessage, onFailure, say } = this.#options;
    const startedAt = performance.now();
    // A group of its own: Ctrl-C is for the launcher, which then ends its children in order.
    const child = fork(path.join(root, entry), {
      cwd: root,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#process = child;
    child.stdout?.pipe(this.#log, { end: false });
    child.stderr?.pipe(this.#log, { end: false });
    let lastWords = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString()).slice(-longestWords);
    });
    if (onMessage !== undefined) child.on('message', onMessage);
    child.once('exit', (code, signal) => {
      if (this.#isStopping) return;
      onFailure?.(lastWords.trim());
      if (performance.now() - startedAt > settledMs) this.#failures = 0;
      const pause = Math.min(longestRestartMs, firstRestartMs * 2 ** this.#failures++);
      say(
        `${name} ended (${signal ?? `exit code ${code ?? '?'}`}); starting it again in ${pause / 1000} s; see ${this.logFile}`,
      );
      this.#restart = setTimeout(() => this.start(), pause);
    });
  }

  get logFile(): string {
    return path.relative(process.cwd(), String(this.#log.path));
  }

  /** Asks it to end; after a few seconds makes it. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restart);
    const child = this.#process;
    if (child?.exitCode === null && child.signalCode === null) {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await ended;
      clearTimeout(kill);
    }
    this.#log.end();
  }
}
