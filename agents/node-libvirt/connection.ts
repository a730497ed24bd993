import type { DomainEventKind } from './domain-events.ts';
import { ConnectionClosedError, ConnectionFailedError } from './errors.ts';
import { type DomainEventListener, EventSubscriptions, type Subscription } from './event-subscriptions.ts';
import type { KeepaliveOptions } from './keepalive.ts';
import type { CallOptions } from './pending-call.ts';
import type { Procedure } from './procedure.ts';
import { procedures } from './procedures.ts';
import { RpcSession } from './rpc-session.ts';
import { LibvirtStream } from './streams.ts';
import { type Address, describeAddress } from './transport.ts';

/** How to reach a hypervisor, and how to treat the connection. */
export type LibvirtOptions = Address & {
  /** Which driver, as virsh takes it but without a host: `qemu:///system`, `lxc:///`, `test:///default`. */
  readonly uri: string;
  /** Only look: calls that change anything are refused. */
  readonly readonly?: boolean;
  /** Deadline of a call that names none and is not lasting, in ms; 0 for none. Default 60,000. */
  readonly callTimeoutMs?: number;
  /** How long connecting and opening may take, in ms. Default 10,000. */
  readonly openTimeoutMs?: number;
  /**
   * Calls that may be unanswered at a time; more wait in this process. Default 4, one less than the default of
   * `max_client_requests` in libvirtd.conf: at its limit the daemon reads nothing more from a client, not even
   * keepalive probes, so that with one more long call the connection would look dead.
   */
  readonly maxInFlight?: number;
  /** Probing of a silent connection; default every 5 s and five times, as libvirt does. False to leave it. */
  readonly keepalive?: KeepaliveOptions | false;
  /** Hears what event listeners throw and which events cannot be read. Default: a process warning. */
  readonly onListenerError?: (error: unknown) => void;
};

/** VIR_DRV_FEATURE_PROGRAM_KEEPALIVE: asking for it also makes the daemon answer probes. */
const keepaliveFeature = 10;

/** remote_auth_type. */
const authentication = { none: 0, polkit: 2 } as const;

/**
 * A connection to one driver of one libvirt daemon. The calls themselves are functions that take it as their first
 * argument: see `domain.ts`, `network.ts`, `node.ts` and so on.
 */
export class Libvirt implements AsyncDisposable {
  /** Resolves when the connection has ended, by `close()` or otherwise, with why. */
  readonly closed: Promise<Error>;
  readonly #options: LibvirtOptions;
  readonly #session: RpcSession;
  readonly #events: EventSubscriptions;

  private constructor(options: LibvirtOptions, session: RpcSession) {
    this.#options = options;
    this.#session = session;
    this.#events = new EventSubscriptions(session, options.onListenerError ?? warn);
    this.closed = session.closed;
  }

  /**
   * Connects. Rejects with ConnectionFailedError when the daemon cannot be reached or does not let us in, and with
   * LibvirtError when the driver is not to be had.
   */
  static async open(options: LibvirtOptions): Promise<Libvirt> {
    return new Libvirt(options, await openSession(options));
  }

  /** Whether the connection has ended. */
  get isClosed(): boolean {
    return this.#session.isClosed;
  }

  /**
   * Makes any call of the procedure table. Rejects with LibvirtError, CallTimeoutError, ConnectionClosedError, the
   * signal's reason, or RangeError and TypeError for arguments that cannot be sent.
   */
  call<Arguments extends readonly unknown[], Result>(
    procedure: Procedure<Arguments, Result>,
    args: Arguments,
    options?: CallOptions,
  ): Promise<Result> {
    return this.#session.call(procedure, args, options);
  }

  /**
   * Makes a call that opens a stream, on a connection that is opened for this stream and closed with it. Rejects as
   * `open` and `call` do.
   */
  async openStream<Arguments extends readonly unknown[], Result>(
    procedure: Procedure<Arguments, Result>,
    args: Arguments,
    options?: CallOptions,
  ): Promise<{ stream: LibvirtStream; result: Result }> {
    options?.signal?.throwIfAborted();
    // A paused stream hears no answers to probes, so this connection sends none.
    const session = await openSession({ ...this.#options, keepalive: false });
    return LibvirtStream.open(session, procedure, args, options);
  }

  /** Calls `listener` for every such event of any domain; resolves once the daemon sends them. */
  subscribe<K extends DomainEventKind>(
    kinds: readonly K[],
    listener: DomainEventListener<K>,
  ): Promise<Subscription> {
    return this.#events.subscribe(kinds, listener);
  }

  /** Says goodbye and hangs up. Calls that are still unanswered fail with ConnectionClosedError. */
  async close(): Promise<void> {
    try {
      await this.#session.call(procedures.connectClose, [], { timeoutMs: 1000 });
    } catch {
      // Gone already, or too busy for a goodbye: hanging up says the same.
    }
    this.#session.close(new ConnectionClosedError('the connection was closed on this side'));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function openSession(options: LibvirtOptions): Promise<RpcSession> {
  const { maxInFlight = 4, callTimeoutMs = 60_000, keepalive = { intervalMs: 5000, count: 5 } } = options;
  const signal = AbortSignal.timeout(options.openTimeoutMs ?? 10_000);
  const session = await RpcSession.connect(options, { maxInFlight, callTimeoutMs }, signal).catch(
    (error: unknown) => {
      const reason = (error as Error).message;
      throw new ConnectionFailedError(`no libvirt at ${describeAddress(options)}: ${reason}`, error);
    },
  );
  try {
    await authenticate(session, signal);
    await session.call(procedures.connectOpen, [options.uri, options.readonly ? ['READONLY'] : []], {
      signal,
    });
    if (
      keepalive &&
      (await session.call(procedures.connectSupportsFeature, [keepaliveFeature], { signal }))
    ) {
      session.startKeepalive(keepalive);
    }
    return session;
  } catch (error) {
    session.close(error as Error);
    throw error;
  }
}

async function authenticate(session: RpcSession, signal: AbortSignal): Promise<void> {
  const accepted = await session.call(procedures.authList, [], { signal });
  if (accepted.length === 0 || accepted.includes(authentication.none)) return;
  if (!accepted.includes(authentication.polkit)) {
    throw new ConnectionFailedError(
      'the daemon demands a login by SASL, which this client does not have: set auth_unix_rw or auth_tls to "none"',
    );
  }
  // polkit looks at the process behind the socket: asking is all there is to do.
  await session.call(procedures.authPolkit, [], { signal });
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error(`an event listener threw ${String(error)}`));
}
