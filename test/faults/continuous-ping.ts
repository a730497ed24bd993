import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Pings a guest five times a second from where the guests' network is, and notes when it answered. */
export class ContinuousPing implements AsyncDisposable {
  readonly #process: ChildProcess;
  /** Milliseconds since 1970 of every answer. */
  readonly answers: number[] = [];

  constructor(networkNamespace: string | null, address: string) {
    const enter = networkNamespace === null ? [] : ['ip', 'netns', 'exec', networkNamespace];
    const [program, ...args] = [...enter, 'ping', '-n', '-i', '0.2', address];
    this.#process = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: this.#process.stdout! }).on('line', (line) => {
      if (line.includes('bytes from')) this.answers.push(Date.now());
    });
  }

  /** The longest time without an answer, from a moment until now, in milliseconds. */
  longestSilence(since: number): number {
    const moments = [since, ...this.answers.filter((at) => at > since), Date.now()];
    return Math.max(...moments.slice(1).map((at, index) => at - moments[index]!));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.kill('SIGKILL')) await once(this.#process, 'exit');
  }
}
