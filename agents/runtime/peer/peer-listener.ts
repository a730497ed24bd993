import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { PeerAddress } from '@nephos/agent-protocol/commands.ts';
import type { Logger } from 'pino';
import { CommandFailure } from '../command-failure.ts';
import type { AgentIdentity } from '../identity.ts';
import { certificateSha256 } from './certificate-hash.ts';
import { readLine } from './read-line.ts';
import { greeting, greetingTimeoutMs, welcome } from './greeting.ts';

export interface PeerListenerOptions {
  identity(): AgentIdentity;
  /** The address of this host that other hosts reach it by. */
  address(): string;
  /** 0: any that is free. */
  port: number;
  /** An expectation ends by itself when nobody has come, or all have gone, for so long. */
  idleMs: number;
  /** The same after `letGo`. */
  lastWordsMs: number;
  log: Logger;
}

/** Somebody who may come. */
export interface Expectation {
  ticket: string;
  /** The agent whose certificate it has to be. */
  agentId: string;
  /** Takes one stream; the stream is destroyed should it reject. */
  onStream(channel: string, stream: Duplex): Promise<void>;
  /** Nobody came, or came back, in time; it is over. */
  onIdle(): void;
}

interface Expected extends Expectation {
  idleMs: number;
  streams: Set<tls.TLSSocket>;
  idle: NodeJS.Timeout | undefined;
}

interface Open {
  server: tls.Server;
  address: PeerAddress;
}

const keepAliveMs = 10_000;
/** Far more than there are guests on the move; strangers get no further than the handshake. */
const mostConnections = 512;

/**
 * Where other agents bring streams to, each with a certificate of the platform's CA and a ticket that the server gave
 * to both. The port is open while somebody is expected, and closed otherwise.
 */
export class PeerListener {
  readonly #options: PeerListenerOptions;
  /** By digest of the ticket, so that looking one up tells nothing by the time that it takes. */
  readonly #expected = new Map<string, Expected>();
  #open: Promise<Open> | undefined;

  constructor(options: PeerListenerOptions) {
    this.#options = options;
  }

  /**
   * Lets an agent in. The same ticket again keeps what is there.
   * @throws CommandFailure PEER_UNREACHABLE when the port cannot be opened
   */
  async expect(expectation: Expectation): Promise<PeerAddress> {
    const key = digest(expectation.ticket);
    if (!this.#expected.has(key)) {
      const expected: Expected = {
        ...expectation,
        idleMs: this.#options.idleMs,
        streams: new Set(),
        idle: undefined,
      };
      this.#expected.set(key, expected);
      this.#waitIdle(key, expected);
    }
    try {
      this.#open ??= this.#listen();
      return (await this.#open).address;
    } catch (error) {
      this.#open = undefined;
      await this.forget(expectation.ticket);
      const { address, port } = this.#options;
      throw new CommandFailure(
        'PEER_UNREACHABLE',
        `no port could be opened on ${address()} for the other host: ${(error as Error).message}`,
        { cause: error, details: { address: address(), port } },
      );
    }
  }

  /** What was expected has come: the port is closed once nothing more has been said for a moment. */
  letGo(ticket: string): void {
    const key = digest(ticket);
    const expected = this.#expected.get(key);
    if (expected === undefined) return;
    expected.idleMs = this.#options.lastWordsMs;
    if (expected.streams.size === 0) this.#waitIdle(key, expected);
  }

  /** Lets nobody in by this ticket any more, and cuts who is in. The port is closed behind the last. */
  async forget(ticket: string): Promise<void> {
    const key = digest(ticket);
    const expected = this.#expected.get(key);
    if (expected !== undefined) {
      clearTimeout(expected.idle);
      this.#expected.delete(key);
      for (const stream of expected.streams) stream.destroy();
    }
    if (this.#expected.size === 0) await this.#close();
  }

  async close(): Promise<void> {
    for (const { ticket } of [...this.#expected.values()]) await this.forget(ticket);
  }

  async #listen(): Promise<Open> {
    const { identity, address, port, log } = this.#options;
    const { privateKey, certificate, authority } = identity();
    const server = tls.createServer(
      {
        key: privateKey,
        cert: certificate,
        ca: authority,
        requestCert: true,
        rejectUnauthorized: true,
        minVersion: 'TLSv1.3',
        handshakeTimeout: greetingTimeoutMs,
      },
      (socket) => void this.#admit(socket),
    );
    server.maxConnections = mostConnections;
    server.on('tlsClientError', (error) => log.debug({ err: error }, 'somebody was not let in'));
    server.listen({ host: address(), port });
    await once(server, 'listening');
    const bound = server.address() as AddressInfo;
    log.info({ address: bound.address, port: bound.port }, 'port for other agents opened');
    return {
      server,
      address: {
        address: bound.address,
        port: bound.port,
        certificateSha256: certificateSha256(new X509Certificate(certificate).raw),
      },
    };
  }

  async #close(): Promise<void> {
    const opening = this.#open;
    this.#open = undefined;
    const open = await opening?.catch(() => undefined);
    if (open === undefined) return;
    open.server.close();
    this.#options.log.info({ port: open.address.port }, 'port for other agents closed');
  }

  async #admit(socket: tls.TLSSocket): Promise<void> {
    const { log } = this.#options;
    socket.setKeepAlive(true, keepAliveMs);
    socket.on('error', (error) => log.debug({ err: error }, 'stream from another agent broke off'));
    try {
      const line = await readLine(socket, { timeoutMs: greetingTimeoutMs });
      const { ticket, channel } = greeting.parse(JSON.parse(line));
      const key = digest(ticket);
      const expected = this.#expected.get(key);
      // One answer for all: who has no ticket learns nothing of those who have.
      if (expected === undefined || agentOf(socket) !== expected.agentId) {
        log.warn({ agent: agentOf(socket) }, 'an agent came that was not expected');
        socket.end('you are not expected here\n');
        return;
      }
      if (socket.destroyed) return;
      expected.streams.add(socket);
      clearTimeout(expected.idle);
      socket.once('close', () => {
        expected.streams.delete(socket);
        if (expected.streams.size === 0) this.#waitIdle(key, expected);
      });
      socket.write(`${welcome}\n`);
      await expected.onStream(channel, socket);
    } catch (error) {
      log.warn({ err: error }, 'stream from another agent refused');
      socket.destroy();
    }
  }

  #waitIdle(key: string, expected: Expected): void {
    if (this.#expected.get(key) !== expected) return;
    clearTimeout(expected.idle);
    expected.idle = setTimeout(() => {
      this.#options.log.info({ agent: expected.agentId }, 'the other host is expected no more');
      void this.forget(expected.ticket).then(() => expected.onIdle());
    }, expected.idleMs);
    expected.idle.unref();
  }
}

function digest(ticket: string): string {
  return createHash('sha256').update(ticket).digest('base64');
}

/** The agent that the certificate was made for. */
function agentOf(socket: tls.TLSSocket): string | undefined {
  return /^CN=(.*)$/m.exec(socket.getPeerX509Certificate()?.subject ?? '')?.[1];
}
