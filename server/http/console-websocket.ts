import type { IncomingMessage } from 'node:http';
import { pipeline, type Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';
import type { ConsoleAccessService } from '../compute/console-access/console-access-service.ts';
import { PlatformError } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';

const longestMessage = 4 * 1024 * 1024;

/** `/console/vnc/<token>`: a machine's screen, from a browser to the host's VNC server. */
export class ConsoleWebsocket {
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: longestMessage,
    perMessageDeflate: false,
    handleProtocols: (protocols) => (protocols.has('binary') ? 'binary' : false),
  });
  readonly #consoles: ConsoleAccessService;
  readonly #log: Logger;

  constructor(consoles: ConsoleAccessService, log: Logger) {
    this.#consoles = consoles;
    this.#log = log;
  }

  /** The token alone opens: it was given to one who may, for this machine, once. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, token: string): Promise<void> {
    let opened: Awaited<ReturnType<ConsoleAccessService['open']>>;
    try {
      opened = await this.#consoles.open(token);
    } catch (error) {
      if (!(error instanceof PlatformError)) this.#log.error({ err: error }, 'console could not be opened');
      const status =
        error instanceof PlatformError && error.code === 'UNAUTHENTICATED'
          ? '401 Unauthorized'
          : '502 Bad Gateway';
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
      return;
    }
    const { stream, machineId } = opened;
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      this.#log.info({ machineId }, 'console opened');
      const viewer = createWebSocketStream(client);
      // Either end that goes away ends the other; that is how consoles are closed.
      pipeline(viewer, stream, viewer, () => undefined);
    });
  }

  stop(): void {
    for (const client of this.#sockets.clients) client.terminate();
  }
}
