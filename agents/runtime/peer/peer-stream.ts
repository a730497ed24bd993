import { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { PeerAddress } from '@nephos/agent-protocol/commands.ts';
import { CommandFailure } from '../command-failure.ts';
import type { AgentIdentity } from '../identity.ts';
import { certificateSha256 } from './certificate-hash.ts';
import { readLine } from './read-line.ts';
import { greetingTimeoutMs, welcome } from './greeting.ts';

export interface PeerStreamOptions {
  identity: AgentIdentity;
  peer: PeerAddress;
  ticket: string;
  channel: string;
}

/** A line that lost all memory of the connection would otherwise be noticed in hours. */
const keepAliveMs = 10_000;

/**
 * Opens a stream to another agent that expects this one: TLS 1.3, each with its certificate of the platform's CA.
 * @throws CommandFailure PEER_UNREACHABLE when it cannot be reached, is not the one that was announced, or refuses
 */
export async function openPeerStream(options: PeerStreamOptions): Promise<Duplex> {
  const { identity, peer, ticket, channel } = options;
  const connection = {
    host: peer.address,
    port: peer.port,
    key: identity.privateKey,
    cert: identity.certificate,
    ca: identity.authority,
    minVersion: 'TLSv1.3',
    // Agents' certificates are made for clients and bear no address; this one is known by its fingerprint below.
    rejectUnauthorized: false,
  } as const;
  const socket = tls.connect(connection);
  socket.setKeepAlive(true, keepAliveMs);
  try {
    await connected(socket);
    assertAnnounced(socket, peer, identity);
    socket.write(`${JSON.stringify({ ticket, channel })}\n`);
    const answer = await readLine(socket, { timeoutMs: greetingTimeoutMs });
    if (answer !== welcome) throw new Error(answer);
  } catch (error) {
    socket.destroy();
    const where = `${peer.address} port ${peer.port}`;
    throw new CommandFailure(
      'PEER_UNREACHABLE',
      `the other host's agent at ${where}: ${(error as Error).message}`,
      { cause: error, details: { address: peer.address, port: peer.port } },
    );
  }
  // A stream that nobody listens to yet may break; its reader sees that it is closed.
  socket.on('error', () => undefined);
  return socket;
}

function connected(socket: tls.TLSSocket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const timer = setTimeout(
    () => reject(new Error(`no connection within ${greetingTimeoutMs} ms`)),
    greetingTimeoutMs,
  );
  socket.once('secureConnect', () => resolve(undefined)).once('error', reject);
  return promise.finally(() => clearTimeout(timer));
}

/** The ticket is told to nobody but the agent that the server named. */
function assertAnnounced(socket: tls.TLSSocket, peer: PeerAddress, identity: AgentIdentity): void {
  const shown = socket.getPeerX509Certificate();
  const authority = new X509Certificate(identity.authority);
  const isAnnounced =
    shown !== undefined &&
    certificateSha256(shown.raw) === peer.certificateSha256 &&
    shown.verify(authority.publicKey);
  if (!isAnnounced) throw new Error('it shows another certificate than the one that was announced');
}
