import { createClient, type Client } from 'graphql-ws';

/** How live the page is: `stale` after the connection was away for a while. */
export type LinkState = 'live' | 'reconnecting' | 'stale';

const staleAfterMs = 15_000;
const longestPauseMs = 5000;
const pingMs = 10_000;
const pongWithinMs = 5000;
/** The server closes with this when it does not know, or no longer admits, whoever is there. */
const forbidden = 4403;

/** The one WebSocket of the page, kept open from sign-in to sign-out. */
export class LiveSocket {
  readonly client: Client;
  state = $state<LinkState>('reconnecting');
  #staleTimer: ReturnType<typeof setTimeout> | undefined;
  #pongTimer: ReturnType<typeof setTimeout> | undefined;

  /** @param onForbidden called when the session has ended */
  constructor(onForbidden: () => void) {
    let socket: WebSocket | undefined;
    this.client = createClient({
      url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
      keepAlive: pingMs,
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: () => true,
      retryWait: (retries) =>
        new Promise((resolve) =>
          setTimeout(resolve, Math.min(longestPauseMs, 250 * 2 ** retries) * (0.5 + Math.random() / 2)),
        ),
      on: {
        opened: (opened) => (socket = opened as WebSocket),
        connected: () => this.#arrived(),
        closed: (event) => {
          clearTimeout(this.#pongTimer);
          this.#lost();
          if ((event as CloseEvent).code === forbidden) onForbidden();
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
