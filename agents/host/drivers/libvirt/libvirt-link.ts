import { setTimeout as sleep } from 'node:timers/promises';
import { OutcomeUnknown } from '@nephos/agent-runtime/command-failure.ts';
import { Libvirt } from '@nephos/node-libvirt/connection.ts';
import type { DomainEvent } from '@nephos/node-libvirt/domain-events.ts';
import type { Logger } from 'pino';

export interface LibvirtLinkOptions {
  socketPath: string;
  uri: string;
  log: Logger;
  /** Made on every connection, before anybody uses it. */
  prepare(libvirt: Libvirt): Promise<void>;
  onLifecycle(event: DomainEvent<'LIFECYCLE'>): void;
  /** A guest restarted without going off. */
  onRestart(event: DomainEvent<'REBOOT'>): void;
  /** A device came, or went. */
  onDevice(event: DomainEvent<'DEVICE_ADDED' | 'DEVICE_REMOVED'>): void;
  /** After a break: events were missed, what is there has to be looked at. */
  onReconnected(): void;
}

const retryMs = 1000;

/** A connection to libvirtd that comes back when the daemon does. */
export class LibvirtLink {
  readonly #options: LibvirtLinkOptions;
  #libvirt: Libvirt | undefined;
  #isClosing = false;

  private constructor(options: LibvirtLinkOptions) {
    this.#options = options;
  }

  /** @throws ConnectionFailedError, LibvirtError when the first connection cannot be made */
  static async open(options: LibvirtLinkOptions): Promise<LibvirtLink> {
    const link = new LibvirtLink(options);
    link.#libvirt = await link.#connect();
    void link.#keepUp();
    return link;
  }

  /** @throws OutcomeUnknown while the daemon is away: whoever asks may have begun something with it before */
  get libvirt(): Libvirt {
    if (this.#libvirt === undefined || this.#libvirt.isClosed) {
      throw new OutcomeUnknown('libvirt does not answer now');
    }
    return this.#libvirt;
  }

  /** A connection beside this one, for calls that last; it does not come back. */
  connectAnother(): Promise<Libvirt> {
    const { socketPath, uri, log } = this.#options;
    return Libvirt.open({
      socketPath,
      uri,
      onListenerError: (error) => log.error({ err: error }, 'libvirt event could not be handled'),
    });
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await this.#libvirt?.close();
  }

  async #connect(): Promise<Libvirt> {
    const { prepare, onLifecycle, onRestart, onDevice } = this.#options;
    const libvirt = await this.connectAnother();
    try {
      await prepare(libvirt);
      await libvirt.subscribe(['LIFECYCLE'], onLifecycle);
      await libvirt.subscribe(['REBOOT'], onRestart);
      await libvirt.subscribe(['DEVICE_ADDED', 'DEVICE_REMOVED'], onDevice);
      return libvirt;
    } catch (error) {
      await libvirt.close();
      throw error;
    }
  }

  async #keepUp(): Promise<void> {
    const { log, onReconnected } = this.#options;
    const isClosing = () => this.#isClosing;
    while (!isClosing()) {
      const reason = await this.#libvirt?.closed;
      if (isClosing()) return;
      log.warn({ err: reason }, 'connection to libvirt ended');
      for (let isBack = false; !isBack && !isClosing();) {
        await sleep(retryMs);
        try {
          this.#libvirt = await this.#connect();
          isBack = true;
          log.info('connected to libvirt again');
          onReconnected();
        } catch (error) {
          log.debug({ err: error }, 'libvirt is still away');
        }
      }
    }
  }
}
