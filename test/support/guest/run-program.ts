import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What a program of the build machine is run with. */
interface ProgramSettings {
  /** Working folder; the caller's own if left out. */
  cwd?: string;
  /** Variables added to the caller's environment. */
  env?: Record<string, string>;
}

/**
 * Runs a program of the build machine and returns its standard output.
 * Fails with the program's own words when it is missing or does not succeed.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  settings: ProgramSettings = {},
): Promise<string> {
  // mke2fs lies in a folder that only root has on its path.
  const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
  const { stdout } = await execute(program, args, {
    cwd: settings.cwd,
    env: { ...process.env, ...settings.env, PATH, LC_ALL: 'C' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
