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
        return new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
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
  }

  dispose(): void {
    clearTimeout(this.#staleTimer);
    clearTimeout(this.#pongTimer);
    void this.client.dispose();
  }

  #arrived(): void {
    clearTimeout(this.#staleTimer);
    this.#staleTimer = undefined;
    this.state = 'live';
  }

  #lost(): void {
    if (this.state === 'live') this.state = 'reconnecting';
    this.#staleTimer ??= setTimeout(() => (this.state = 'stale'), staleAfterMs);
  }
}
