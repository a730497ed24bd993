import type { IncomingMessage } from 'node:http';
import { pipeline, type Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { ConsoleAccessService } from '../compute/console-access/console-access-service.ts';
import { PlatformError } from '../platform/errors.ts';
import type { RefusalLog } from '../platform/audit/refusal-log.ts';
import type { AccessWatch } from './access-watch.ts';
import type { ClientAddresses } from './client-address.ts';
import type { Logger } from '../platform/log.ts';

const longestMessage = 4 * 1024 * 1024;

export interface ConsoleWebsocketOptions {
  consoles: ConsoleAccessService;
  access: AccessWatch;
  addresses: ClientAddresses;
  refusals: RefusalLog;
  log: Logger;
}

/** `/console/vnc/<token>` and `/console/serial/<token>`: a machine's screen or serial port, from its host to a browser. */
export class ConsoleWebsocket {
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: longestMessage,
    perMessageDeflate: false,
    handleProtocols: (protocols) => (protocols.has('binary') ? 'binary' : false),
  });
  readonly #consoles: ConsoleAccessService;
  readonly #access: AccessWatch;
  readonly #addresses: ClientAddresses;
  readonly #refusals: RefusalLog;
  readonly #log: Logger;

  constructor(options: ConsoleWebsocketOptions) {
    this.#consoles = options.consoles;
    this.#access = options.access;
    this.#addresses = options.addresses;
    this.#refusals = options.refusals;
    this.#log = options.log;
  }

  /** The token alone opens: it was given to one who may, for this machine, once. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, token: string): Promise<void> {
    const clientAddress = this.#addresses.of(request);
    const since = this.#access.changes;
    let opened: Awaited<ReturnType<ConsoleAccessService['open']>>;
    try {
      opened = await this.#consoles.open(token, clientAddress);
    } catch (error) {
      if (!(error instanceof PlatformError)) this.#log.error({ err: error }, 'console could not be opened');
      const status =
        error instanceof PlatformError && error.code === 'UNAUTHENTICATED'
          ? '401 Unauthorized'
          : '502 Bad Gateway';
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
      if (error instanceof PlatformError) await this.#refused(error, clientAddress);
      return;
    }
    const { stream, machineId, viewer: actor, findViewer } = opened;
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      this.#log.info({ machineId }, 'console opened');
      const viewer = createWebSocketStream(client);
      const watched = { actor, recheck: findViewer, end: () => client.close(4403, 'access ended') };
      const stopWatching = this.#access.watch(watched, since);
      client.once('close', stopWatching);
      // Either end that goes away ends the other; that is how consoles are closed.
      pipeline(viewer, stream, viewer, () => undefined);
    });
  }

  #refused({ code }: PlatformError, clientAddress: string): Promise<void> {
    return this.#refusals.record({
      action: 'console.open',
      outcome: code,
      actor: null,
      actorName: 'anonymous',
      clientAddress,
      accountId: null,
    });
  }

  stop(): void {
    for (const client of this.#sockets.clients) client.terminate();
  }
}
