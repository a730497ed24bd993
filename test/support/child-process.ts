import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../..');

/** One line of a process's log. */
export interface LogLine {
  level: number;
  msg: string;
  [field: string]: unknown;
}

const errorLevel = 50;

/** One of the product's processes, started as the product starts it, and killed as a power cut kills it. */
export class ProductProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #log: LogLine[] = [];
  readonly #watchers = new Set<() => void>();

  /** @param entry file, relative to the repository */
  constructor(entry: string, env: Record<string, string>) {
    this.#child = fork(path.join(root, entry), {
      env: { ...process.env, NEPHOS_LOG_LEVEL: 'info', ...env },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    this.#ended = new Promise((resolve) => this.#child.once('exit', () => resolve()));
    void this.#ended.then(() => this.#wake());
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      this.#log.push(JSON.parse(line) as LogLine);
      this.#wake();
    });
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it sends to its parent, once. */
  message<Message>(): Promise<Message> {
    return new Promise((resolve, reject) => {
      this.#child.once('message', (message) => resolve(message as Message));
      void this.#ended.then(() => reject(new Error('the process ended before it said anything')));
    });
  }

  /** Waits until it has logged a line of which this is true. */
  async logged(isIt: (line: LogLine) => boolean): Promise<LogLine> {
    for (;;) {
      const found = this.#log.find(isIt);
      if (found !== undefined) return found;
      if (!this.isAlive) throw new Error('the process ended before it logged what was waited for');
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  /** What it has logged so far. */
  get lines(): readonly LogLine[] {
    return this.#log;
  }

  /** What it has logged as an error or worse so far. */
  get errors(): LogLine[] {
    return this.#log.filter(({ level }) => level >= errorLevel);
  }

  /** Ends it without a word. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #wake(): void {
    for (const wake of this.#watchers) wake();
    this.#watchers.clear();
  }
}
