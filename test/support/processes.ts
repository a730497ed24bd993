import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of `/proc/PID/stat` per second: USER_HZ, which Linux fixes at 100 for every program. */
const ticksPerSecond = 100;

export interface ProcessView {
  pid: number;
  parentPid: number;
  command: string;
  /** Processor time, its own and that of children it has waited for. */
  cpuMs: number;
}

function view(pid: number): ProcessView | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name stands in parentheses and may hold anything, so count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, parentPid: Number(fields[1]), command, cpuMs: (ticks / ticksPerSecond) * 1000 };
  } catch {
    return undefined;
  }
}

/** A process and all below it. */
export function processTree(rootPid: number): ProcessView[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => view(Number(name)) ?? []);
  const found = all.filter(({ pid }) => pid === rootPid);
  for (const parent of found) found.push(...all.filter(({ parentPid }) => parentPid === parent.pid));
  return found;
}

/** Resident memory of one process, MiB. */
export function residentMib(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}

/** The parts of a running product by the names that the benchmarks use. */
export function partsOf(rootPid: number) {
  const tree = processTree(rootPid);
  const matching = (pattern: RegExp) => tree.filter(({ command }) => pattern.test(command));
  return {
    server: matching(/server\/main\.ts/),
    hostAgent: matching(/agents\/host\/main\.ts/),
    storageAgent: matching(/agents\/storage\/main\.ts/),
    usage: matching(/usage\/main\.ts/),
    postgres: matching(/postgres/),
    /** Backends of PostgreSQL that serve Nephos. */
    connections: matching(/^postgres: \S+ nephos/),
  };
}

/** Processor time of some processes together. */
export function cpuOf(processes: readonly ProcessView[]): number {
  return processes.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}
