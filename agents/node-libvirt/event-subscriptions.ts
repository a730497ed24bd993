import { type DomainEvent, type DomainEventKind, decodeEvent, eventKinds } from './domain-events.ts';
import { program } from './procedure.ts';
import { procedures } from './procedures.ts';
import type { RpcSession } from './rpc-session.ts';

/** Called for each event, in the order in which they happened. A promise it returns is not waited for. */
export type DomainEventListener<K extends DomainEventKind> = (event: DomainEvent<K>) => unknown;

/** A listener that is being called. */
export interface Subscription extends AsyncDisposable {
  /** No event is delivered after this was called; resolves when the daemon has stopped sending them. */
  close(): Promise<void>;
}

/**
 * Who listens to which events of one connection. The daemon is asked once per kind, for all domains, as long as
 * anybody listens.
 */
export class EventSubscriptions {
  readonly #session: RpcSession;
  readonly #reportError: (error: unknown) => void;
  readonly #listeners = new Map<DomainEventKind, Set<DomainEventListener<DomainEventKind>>>();
  readonly #registrations = new Map<DomainEventKind, number>();
  #changes: Promise<unknown> = Promise.resolve();

  /** `reportError` hears what listeners throw and which events could not be read. */
  constructor(session: RpcSession, reportError: (error: unknown) => void) {
    this.#session = session;
    this.#reportError = reportError;
    session.onMessage = (header, payload) => {
      if (header.program !== program.remote) return;
      try {
        const event = decodeEvent(header.procedure, payload);
        if (event) this.#deliver(event);
      } catch (error) {
        reportError(error);
      }
    };
  }

  /** Resolves once the daemon sends these events. */
  async subscribe<K extends DomainEventKind>(
    kinds: readonly K[],
    listener: DomainEventListener<K>,
  ): Promise<Subscription> {
    // A function of its own, so that one listener may be subscribed twice.
    const own: DomainEventListener<DomainEventKind> = (event) => listener(event as DomainEvent<K>);
    const close = async () => {
      for (const kind of kinds) this.#listeners.get(kind)?.delete(own);
      if (!this.#session.isClosed) await this.#adjust(kinds);
    };
    for (const kind of kinds) this.#listenersOf(kind).add(own);
    try {
      await this.#adjust(kinds);
    } catch (error) {
      for (const kind of kinds) this.#listeners.get(kind)?.delete(own);
      throw error;
    }
    return { close, [Symbol.asyncDispose]: close };
  }

  #listenersOf(kind: DomainEventKind): Set<DomainEventListener<DomainEventKind>> {
    let listeners = this.#listeners.get(kind);
    if (!listeners) this.#listeners.set(kind, (listeners = new Set()));
    return listeners;
  }

  /** Makes the daemon send what is listened to, one change after the other so that none overtakes another. */
  #adjust(kinds: readonly DomainEventKind[]): Promise<void> {
    const change = this.#changes.then(async () => {
      for (const kind of kinds) await this.#adjustOne(kind);
    });
    this.#changes = change.catch(() => undefined);
    return change;
  }

  async #adjustOne(kind: DomainEventKind): Promise<void> {
    const isWanted = this.#listenersOf(kind).size > 0;
    const registration = this.#registrations.get(kind);
    if (isWanted && registration === undefined) {
      const id = await this.#session.call(procedures.domainEventRegister, [eventKinds[kind].id, null]);
      this.#registrations.set(kind, id);
    } else if (!isWanted && registration !== undefined) {
      this.#registrations.delete(kind);
      await this.#session.call(procedures.domainEventDeregister, [registration]);
    }
  }

  #deliver(event: DomainEvent): void {
    for (const listener of this.#listenersOf(event.kind)) {
      try {
        const result = listener(event);
        if (result instanceof Promise) result.catch(this.#reportError);
      } catch (error) {
        this.#reportError(error);
      }
    }
  }
}
