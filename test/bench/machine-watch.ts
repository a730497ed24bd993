import type { ApiClient } from '../support/api-client.ts';

interface Pushed {
  virtualMachineChanged: { virtualMachine: { id: string; state: string } | null };
}

const subscription = 'subscription { virtualMachineChanged { virtualMachine { id state } } }';
const deployment = `mutation ($input: DeployVirtualMachineInput!) {
  deployVirtualMachine(input: $input) { virtualMachine { id } }
}`;

/** Watches all machines by one subscription, and tells who waits when a machine reaches a state. */
export class MachineWatch {
  readonly #client: ApiClient;
  readonly #reached = new Map<string, number>();
  readonly #waiting = new Map<string, (at: number) => void>();

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** Begins to follow, until the client is closed. */
  start(): void {
    this.#follow().catch((error: unknown) => {
      // Whoever still waits then has a bench that waits for nothing.
      if (this.#waiting.size > 0) throw error;
    });
  }

  async #follow(): Promise<void> {
    for await (const { virtualMachineChanged } of this.#client.follow<Pushed>(subscription)) {
      const machine = virtualMachineChanged.virtualMachine;
      if (machine === null) continue;
      const key = `${machine.id} ${machine.state}`;
      const now = performance.now();
      this.#reached.set(key, now);
      this.#waiting.get(key)?.(now);
      this.#waiting.delete(key);
    }
  }

  /** Forgets when a machine was in a state, so that the next time counts. */
  forget(id: string, state: string): void {
    this.#reached.delete(`${id} ${state}`);
  }

  /** @returns the moment (of `performance.now()`) at which the push came */
  until(id: string, state: string): Promise<number> {
    const key = `${id} ${state}`;
    const at = this.#reached.get(key);
    return at === undefined ? new Promise((resolve) => this.#waiting.set(key, resolve)) : Promise.resolve(at);
  }

  /** Asks for a machine. @returns its id, and milliseconds until its being RUNNING was pushed */
  async deploy(input: Record<string, unknown>): Promise<{ id: string; milliseconds: number }> {
    const asked = performance.now();
    const { deployVirtualMachine } = await this.#client.ask<{
      deployVirtualMachine: { virtualMachine: { id: string } };
    }>(deployment, { input });
    const { id } = deployVirtualMachine.virtualMachine;
    return { id, milliseconds: (await this.until(id, 'RUNNING')) - asked };
  }
}
