import type { ForeignMachineText } from '@nephos/agent-protocol/inventory.ts';
import type { MachineSpec } from '@nephos/agent-protocol/machine.ts';
import type { SimulatedDisk } from './simulated-disks.ts';
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface SimulatedMachine {
  machineId: string;
  name: string;
  power: 'ON' | 'OFF' | 'PAUSED';
  isoPath: string | null;
  /** Milliseconds since 1970 of its last start. */
  startedAt: number;
  /** Likewise, of when it last came from another host while it ran. */
  arrivedAt?: number;
  memoryBytes: string;
  cpuCount: number;
  /** What it may be given while it runs. */
  headroom: { cpuCount: number; memoryBytes: string } | null;
  volumeIds: string[];
  /** Hardware addresses of its network cards. */
  macAddresses: string[];
  /** The bridges they are on, by hardware address. */
  bridges?: Record<string, string>;
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
  volumes: Record<string, SimulatedDisk>;
  /** Files written to secondary storage, by path. */
  exports: Record<string, { sizeBytes: string; virtualSizeBytes: string }>;
  machines: Record<string, SimulatedMachine>;
  /** Machines that are none of ours, by UUID. */
  foreign?: Record<string, ForeignMachineText>;
}

export function emptyState(): SimulatedState {
  return { pools: {}, bases: {}, volumes: {}, exports: {}, machines: {} };
}

type Section = Record<string, unknown>;

/** After so many lines the file is written anew. */
const mostLines = 1000;

/** The state as a {@link StateFile} has it; empty without one. */
export function readState(place: string): SimulatedState {
  const state = emptyState();
  if (!existsSync(place)) return state;
  for (const line of readFileSync(place, 'utf8').split('\n')) merge(state, changesIn(line));
  return state;
}

/**
 * Keeps the state in a file, so that a simulated hypervisor outlives its agent as a real one does. A line holds what is
 * new since the line before, with `null` for what is gone: of a host with many machines little changes at a time.
 */
export class StateFile {
  readonly #place: string;
  /** What the file says of each thing, by section and key. */
  readonly #written = new Map<string, Map<string, string>>();
  #lines = 0;

  constructor(place: string) {
    this.#place = place;
  }

  read(): SimulatedState {
    const state = readState(this.#place);
    this.#writeAnew(state);
    return state;
  }

  write(state: SimulatedState): void {
    if (this.#lines >= mostLines) {
      this.#writeAnew(state);
      return;
    }
    const line = this.#lineFor(state);
    if (line === '') return;
    appendFileSync(this.#place, line);
    this.#lines++;
  }

  #writeAnew(state: SimulatedState): void {
    this.#written.clear();
    writeFileSync(`${this.#place}.new`, this.#lineFor(state));
    renameSync(`${this.#place}.new`, this.#place);
    this.#lines = 1;
  }

  #lineFor(state: SimulatedState): string {
    const changes: Record<string, Section> = {};
    for (const [name, section] of Object.entries(state) as [string, Section][]) {
      const written = this.#written.get(name) ?? new Map<string, string>();
      this.#written.set(name, written);
      const changed = changesSince(written, section);
      if (Object.keys(changed).length > 0) changes[name] = changed;
    }
    return Object.keys(changes).length > 0 ? `${JSON.stringify(changes)}\n` : '';
  }
}

/** What of a section is not written yet; it counts as written from now on. */
function changesSince(written: Map<string, string>, section: Section): Section {
  const changed: Section = {};
  for (const [key, thing] of Object.entries(section)) {
    const text = JSON.stringify(thing);
    if (written.get(key) === text) continue;
    written.set(key, text);
    changed[key] = thing;
  }
  for (const key of written.keys()) {
    if (key in section) continue;
    written.delete(key);
    changed[key] = null;
  }
  return changed;
}

/** A line that a crash cut off says nothing: what it was about was never told to anybody. */
function changesIn(line: string): Record<string, Section> {
  try {
    return JSON.parse(line) as Record<string, Section>;
  } catch {
    return {};
  }
}

function merge(state: SimulatedState, changes: Record<string, Section>): void {
  const sections = state as unknown as Record<string, Section>;
  for (const [name, changed] of Object.entries(changes)) {
    const section = (sections[name] ??= {});
    for (const [key, thing] of Object.entries(changed)) {
      if (thing === null) Reflect.deleteProperty(section, key);
      else section[key] = thing;
    }
  }
}
