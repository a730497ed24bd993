import type { MachineChanged } from '@nephos/agent-protocol/reports.ts';
import type { MachineEvent } from './driver.ts';

interface Untold {
  event: MachineEvent;
  /** When it happened, by this machine's own clock that never jumps. */
  at: number;
}

const againMs = 1000;

/**
 * Tells the server what happened to machines until it has heard: an event may fall between the inventory of a hello
 * and its end, or come while the server's database is away. Of each machine only the newest is told, one at a time.
 */
export class EventTeller {
  readonly #report: (report: MachineChanged) => Promise<void>;
  readonly #untold = new Map<string, Untold>();
  readonly #telling = new Set<string>();
  #again: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param report rejects when the server could not be told, or did not take it in */
  constructor(report: (report: MachineChanged) => Promise<void>) {
    this.#report = report;
  }

  tell(event: MachineEvent): void {
    this.#untold.set(event.machineId, { event, at: performance.now() });
    void this.#tell(event.machineId);
  }

  /** To be called when there is a connection again. */
  tellAll(): void {
    for (const machineId of this.#untold.keys()) void this.#tell(machineId);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#again);
  }

  async #tell(machineId: string): Promise<void> {
    if (this.#telling.has(machineId)) return;
    this.#telling.add(machineId);
    try {
      for (let next = this.#untold.get(machineId); next !== undefined; next = this.#untold.get(machineId)) {
        await this.#report({ ...next.event, ageMilliseconds: Math.round(performance.now() - next.at) });
        // Another may have happened meanwhile.
        if (this.#untold.get(machineId) === next) this.#untold.delete(machineId);
      }
    } catch {
      this.#tellAgainSoon();
    } finally {
      this.#telling.delete(machineId);
    }
  }

  #tellAgainSoon(): void {
    if (this.#isClosed) return;
    this.#again ??= setTimeout(() => {
      this.#again = undefined;
      this.tellAll();
    }, againMs);
  }
}
