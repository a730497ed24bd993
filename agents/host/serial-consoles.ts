import { Duplex } from 'node:stream';
import type { Id } from '@nephos/model/kernel/ids.ts';

type MachineId = Id<'VirtualMachine'>;

/** What who comes later is shown of what was there before, in bytes: some screens full of text. */
const rememberedBytes = 32 * 1024;
/** A viewer that reads this much slower than the guest writes is let go. */
const mostUnreadBytes = 1024 * 1024;

/** One machine's serial port, and all who look at it. */
class SharedPort {
  readonly #port: Duplex;
  readonly #viewers = new Set<Duplex>();
  #remembered = Buffer.alloc(0);

  constructor(port: Duplex, onClosed: () => void) {
    this.#port = port;
    port.on('data', (data: Buffer) => this.#show(data));
    port.on('error', () => undefined);
    port.once('close', () => {
      onClosed();
      for (const viewer of this.#viewers) viewer.push(null);
    });
  }

  get isClosed(): boolean {
    return this.#port.destroyed;
  }

  join(): Duplex {
    const viewer: Duplex = new Duplex({
      read: () => undefined,
      write: (data: Buffer, _encoding, written) => {
        if (this.isClosed) written(new Error('the machine went off'));
        else this.#port.write(data, written);
      },
      destroy: (error, destroyed) => {
        this.#leave(viewer);
        destroyed(error);
      },
    });
    this.#viewers.add(viewer);
    if (this.#remembered.length > 0) viewer.push(this.#remembered);
    return viewer;
  }

  #leave(viewer: Duplex): void {
    this.#viewers.delete(viewer);
    // Others may want the port, someone with virsh say; a closed one remembers nothing.
    if (this.#viewers.size === 0) this.#port.destroy();
  }

  #show(data: Buffer): void {
    this.#remembered = Buffer.concat([this.#remembered, data]).subarray(-rememberedBytes);
    for (const viewer of this.#viewers) {
      if (viewer.readableLength > mostUnreadBytes) viewer.destroy();
      else viewer.push(data);
    }
  }
}

/**
 * Serial ports that several people may look at and type into at once. A hypervisor opens a port once: all viewers
 * share that one connection, and who comes later is shown the last of what was there.
 */
export class SerialConsoles {
  readonly #ports = new Map<MachineId, Promise<SharedPort>>();

  /**
   * A viewer's connection to a machine's port; it ends when the machine goes off.
   * @param open connects to the port, if nobody looks at it yet
   * @throws whatever `open` throws
   */
  async view(machineId: MachineId, open: () => Promise<Duplex>): Promise<Duplex> {
    const port = await (this.#ports.get(machineId) ?? this.#open(machineId, open));
    return port.isClosed ? this.view(machineId, open) : port.join();
  }

  #open(machineId: MachineId, open: () => Promise<Duplex>): Promise<SharedPort> {
    const forget = () => {
      if (this.#ports.get(machineId) === port) this.#ports.delete(machineId);
    };
    const port = open().then((stream) => new SharedPort(stream, forget));
    this.#ports.set(machineId, port);
    port.catch(forget);
    return port;
  }
}
