import { pipeline, type Duplex } from 'node:stream';
import WebSocket, { createWebSocketStream } from 'ws';
import type { AgentIdentity } from './identity.ts';
import { connectSecurely } from './secure-socket.ts';

/**
 * Connects a byte stream of this machine, a screen's VNC server say, to the server by an outgoing connection.
 * Resolves when the tunnel stands; either end closing closes both.
 */
export async function openTunnel(options: {
  serverUrl: string;
  identity: AgentIdentity;
  tunnelId: string;
  stream: Duplex;
}): Promise<void> {
  const { serverUrl, identity, tunnelId, stream } = options;
  const url = new URL(`/tunnel/${tunnelId}`, serverUrl);
  const socket = new WebSocket(url, ['binary'], {
    createConnection: () => connectSecurely(url, { identity }),
    perMessageDeflate: false,
    handshakeTimeout: 15_000,
  });
  // Made before it is open, so that nothing that the server sends along with its answer is lost.
  const remote = createWebSocketStream(socket);
  remote.on('error', () => undefined);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
  } catch (error) {
    stream.destroy();
    throw error;
  }
  // An end that goes away in the middle is how a console is closed, no error.
  pipeline(remote, stream, remote, () => undefined);
}
