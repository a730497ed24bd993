import { createClient, type Client } from 'graphql-ws';

/** How live the page is: `stale` after the connection was away for a while. */
export type LinkState = 'live' | 'reconnecting' | 'stale';

const staleAfterMs = 15_000;
const longestPauseMs = 5000;
const pingMs = 10_000;
const pongWithinMs = 5000;
/** The server closes with this when it does not know, or no longer admits, whoever is there. */
const forbidden = 4403;
/** The server closes with this when the rights of whoever is there are others now: they may come back at once. */
const accessChanged = 4205;

interface LiveSocketEvents {
  /** The session has ended. */
  onForbidden: () => void;
  /** The role, or what it allows, is another one. */
  onAccessChanged: () => void;
}

/** The one WebSocket of the page, kept open from sign-in to sign-out. */
export class LiveSocket {
  readonly client: Client;
  state = $state<LinkState>('reconnecting');
  /** When the connection broke, in milliseconds; absent while there is one. */
  lostAt = $state<number>();
  /** When it is tried again, in milliseconds; absent while there is one, and while one is being made. */
  retryAt = $state<number>();
  #endWait: (() => void) | undefined;
  #staleTimer: ReturnType<typeof setTimeout> | undefined;
  #pongTimer: ReturnType<typeof setTimeout> | undefined;

  constructor({ onForbidden, onAccessChanged }: LiveSocketEvents) {
    let socket: WebSocket | undefined;
    let isExpected = false;
    this.client = createClient({
      url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
      keepAlive: pingMs,
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      retryWait: (retries) => {
        const longest = isExpected ? 0 : Math.min(longestPauseMs, 250 * 2 ** retries);
        isExpected = false;
        return this.#wait(longest * (0.5 + Math.random() / 2));
      },
      on: {
        opened: (opened) => (socket = opened as WebSocket),
        connected: () => this.#arrived(),
        closed: (event) => {
          clearTimeout(this.#pongTimer);
          this.#lost();
          const { code } = event as CloseEvent;
          isExpected = code === accessChanged;
          if (code === forbidden) onForbidden();
          if (code === accessChanged) onAccessChanged();
        },
        // A cable that was pulled closes nothing: only an answer that does not come tells.
        ping: (isReceived) => {
          if (!isReceived) this.#pongTimer = setTimeout(() => socket?.close(4408, 'no answer'), pongWithinMs);
        },
        pong: (isReceived) => isReceived && clearTimeout(this.#pongTimer),
      },
    });
    addEventListener('online', this.tryNow);
  }

  /** Tries to connect at once, instead of waiting for the next time. */
  tryNow = (): void => this.#endWait?.();

  dispose(): void {
    removeEventListener('online', this.tryNow);
    clearTimeout(this.#staleTimer);
    clearTimeout(this.#pongTimer);
    void this.client.dispose();
  }

  #arrived(): void {
    clearTimeout(this.#staleTimer);
    this.#staleTimer = undefined;
    this.lostAt = undefined;
    this.state = 'live';
  }

  #wait(milliseconds: number): Promise<void> {
    this.retryAt = Date.now() + milliseconds;
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#endWait = undefined;
        this.retryAt = undefined;
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      this.#endWait = end;
    });
  }

  #lost(): void {
    this.lostAt ??= Date.now();
    if (this.state === 'live') this.state = 'reconnecting';
    this.#staleTimer ??= setTimeout(() => (this.state = 'stale'), staleAfterMs);
  }
}
