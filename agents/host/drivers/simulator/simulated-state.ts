import type { MachineSpec } from '@nephos/agent-protocol/machine.ts';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface SimulatedMachine {
  machineId: string;
  name: string;
  power: 'ON' | 'OFF' | 'PAUSED';
  isoPath: string | null;
  /** Milliseconds since 1970 of its last start. */
  startedAt: number;
  memoryBytes: string;
  cpuCount: number;
  /** What it may be given while it runs. */
  headroom: { cpuCount: number; memoryBytes: string } | null;
  volumeIds: string[];
  /** Hardware addresses of its network cards. */
  macAddresses: string[];
  bootMode: MachineSpec['bootMode'];
  /** Whether it was started from the disc in its drive. */
  startsFromIso: boolean;
  /** Hashes of the passwords that were set while it ran, by user. */
  passwords?: Record<string, string>;
  /** What its cloud-init was given at its last start. */
  seed: MachineSpec['seed'];
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
