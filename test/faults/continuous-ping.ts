import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { eventually } from '../support/eventually.ts';

/** Pings a guest five times a second from where the guests' network is, and notes when it answered. */
export class ContinuousPing implements AsyncDisposable {
  readonly #process: ChildProcess;
  /** Milliseconds since 1970 of every answer, as ping noted them: this process may be busy. */
  readonly answers: number[] = [];

  constructor(networkNamespace: string | null, address: string) {
    const enter = networkNamespace === null ? [] : ['ip', 'netns', 'exec', networkNamespace];
    const [program, ...args] = [...enter, 'ping', '-D', '-n', '-i', '0.2', address];
    this.#process = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: this.#process.stdout! }).on('line', (line) => {
      const [, seconds] = /^\[(\d+\.\d+)\] \d+ bytes from/.exec(line) ?? [];
      if (seconds !== undefined) this.answers.push(Number(seconds) * 1000);
    });
  }

  /** The longest time without an answer, from a moment until now, in milliseconds. */
  async longestSilence(since: number): Promise<number> {
    const now = Date.now();
    // What was answered until now may not have been read yet. A guest that is silent is one that is silent until now.
    const last = () => this.answers.at(-1) ?? 0;
    await eventually(last, (at) => at >= now, 10).catch(() => undefined);
    const moments = [since, ...this.answers.filter((at) => at > since && at < now), now];
    return Math.max(...moments.slice(1).map((at, index) => at - moments[index]!));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.kill('SIGKILL')) await once(this.#process, 'exit');
  }
}
