import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface SimulatedMachine {
  machineId: string;
  name: string;
  power: 'ON' | 'OFF';
  isoPath: string | null;
  /** Milliseconds since 1970 of its last start. */
  startedAt: number;
  memoryBytes: string;
  cpuCount: number;
  volumeIds: string[];
}

/** What a simulated host "has": what would be on its disks and in its hypervisor. */
export interface SimulatedState {
  pools: Record<string, { path: string }>;
  /** By pool and image id. */
  bases: Record<string, { sizeBytes: string; virtualSizeBytes: string }>;
  /** By pool and volume id. */
  volumes: Record<string, { sizeBytes: string }>;
  /** Files written to secondary storage, by path. */
  exports: Record<string, { sizeBytes: string; virtualSizeBytes: string }>;
  machines: Record<string, SimulatedMachine>;
}

export function emptyState(): SimulatedState {
  return { pools: {}, bases: {}, volumes: {}, exports: {}, machines: {} };
}

/** Keeps the state in a file, so that a simulated hypervisor outlives its agent as a real one does. */
export class StateFile {
  readonly #place: string;

  constructor(place: string) {
    this.#place = place;
  }

  read(): SimulatedState {
    if (!existsSync(this.#place)) return emptyState();
    return JSON.parse(readFileSync(this.#place, 'utf8')) as SimulatedState;
  }

  write(state: SimulatedState): void {
    writeFileSync(`${this.#place}.new`, JSON.stringify(state));
    renameSync(`${this.#place}.new`, this.#place);
  }
}
