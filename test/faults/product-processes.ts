import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

interface RunningProcess {
  pid: number;
  parent: number;
  command: string;
  environment: string;
}

function runningProcesses(): RunningProcess[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const read = (file: string) => readFileSync(`/proc/${name}/${file}`, 'utf8');
      const parent = Number(/^PPid:\s+(\d+)$/m.exec(read('status'))?.[1]);
      return [
        {
          pid: Number(name),
          parent,
          command: read('cmdline').replaceAll('\0', ' '),
          environment: read('environ'),
        },
      ];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}

/** Commands of all processes that have to do with a folder. */
export function processesOf(folder: string): string[] {
  return runningProcesses()
    .filter(({ command, environment }) => command.includes(folder) || environment.includes(folder))
    .map(({ command }) => command);
}

/**
 * Ends a launcher and all of Nephos that it started, without a word. The hypervisor, its machines and what serves their
 * network are none of it. Resolves when PostgreSQL, which does not outlive its launcher, is gone too.
 * @returns the entry files of what was killed
 */
export async function killProduct(launcher: number): Promise<string[]> {
  const children = runningProcesses().filter(({ parent }) => parent === launcher);
  const ours = children.filter(({ command }) => command.includes('/main.ts'));
  // The launcher first: it would start its children again.
  for (const pid of [launcher, ...ours.map((each) => each.pid)]) process.kill(pid, 'SIGKILL');
  const isRunning = ({ pid }: RunningProcess) =>
    runningProcesses().some((each) => each.pid === pid && each.command !== '');
  for (const child of children.filter(({ command }) => /postgres|main\.ts/.test(command))) {
    while (isRunning(child)) await sleep(50);
  }
  return ours.map(({ command }) => /(agents\/\w+|server|usage)\/main\.ts/.exec(command)![0]).sort();
}
