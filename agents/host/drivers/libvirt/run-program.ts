import { spawn } from 'node:child_process';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';

export interface RunOptions {
  signal?: AbortSignal;
  /** Called with what it writes to standard output, as it comes. */
  onOutput?: (text: string) => void;
}

const longestMessage = 2000;

/**
 * Runs a program without a shell. @returns its standard output
 * @throws CommandFailure HYPERVISOR_ERROR with what it said, or the signal's reason
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { signal, onOutput } = options;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal, killSignal: 'SIGKILL' }),
  });
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    onOutput?.(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-longestMessage);
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.once('error', (error) => {
    if (signal?.aborted) reject(signal.reason as Error);
    else
      reject(
        new CommandFailure('HYPERVISOR_ERROR', `${program} could not be run: ${error.message}`, {
          cause: error,
        }),
      );
  });
  child.once('close', (code, killedBy) => {
    if (code === 0) resolve(output);
    else
      reject(
        new CommandFailure(
          'HYPERVISOR_ERROR',
          `${program}: ${complaint.trim() || `ended with ${killedBy ?? code ?? '?'}`}`,
        ),
      );
  });
  return promise;
}
