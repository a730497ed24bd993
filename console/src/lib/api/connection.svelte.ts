import {
  Client,
  fetchExchange,
  mapExchange,
  subscriptionExchange,
  type AnyVariables,
  type CombinedError,
  type DocumentInput,
} from '@urql/core';
import { makeCache } from './cache.ts';
import { ProblemError, problemOf } from './problem.ts';
import { resumable } from './resumable.ts';
import { LiveSocket, type LinkState } from './socket.svelte.ts';
import { versionGuard } from './version-guard.ts';

const fetchOptions = { credentials: 'same-origin' } as const;

let onSignedOut: () => void = () => undefined;
let onAccessChanged: () => void = () => undefined;
let connection = $state.raw(makeConnection());

function makeConnection() {
  let socket = $state.raw<LiveSocket>();
  // Made when it is first needed: nobody may open it before they are signed in.
  const opened = () =>
    (socket ??= new LiveSocket({
      onForbidden: () => onSignedOut(),
      onAccessChanged: () => onAccessChanged(),
    }));
  const client = new Client({
    url: '/graphql',
    preferGetMethod: false,
    fetchOptions,
    exchanges: [
      mapExchange({ onError: noticeSignOut }),
      makeCache(),
      versionGuard(),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (observer) => {
            const { payload, sink } = resumable(
              { query, variables: variables as Record<string, unknown> },
              observer,
            );
            return { unsubscribe: opened().client.subscribe(payload, sink) };
          },
        }),
      }),
    ],
  });
  return {
    client,
    dispose: () => socket?.dispose(),
    state: (): LinkState => socket?.state ?? 'reconnecting',
    socket: () => socket,
  };
}

/** A sign-in that is refused has the code of a session that ended, and a path of its own. */
const signingIn: ReadonlySet<unknown> = new Set(['signIn', 'completeSignIn', 'useSetupLink']);

function noticeSignOut(error: CombinedError): void {
  const isRefused = ({ path, extensions }: CombinedError['graphQLErrors'][number]) =>
    extensions['code'] === 'UNAUTHENTICATED' && !signingIn.has(path?.[0]);
  if (error.graphQLErrors.some(isRefused)) onSignedOut();
}

/** The way to the server. */
export const api = {
  get client(): Client {
    return connection.client;
  },
  get linkState(): LinkState {
    return connection.state();
  },
  /** When the connection broke, in milliseconds; absent while there is one. */
  get lostAt(): number | undefined {
    return connection.socket()?.lostAt;
  },
  /** When it is tried again, in milliseconds. */
  get retryAt(): number | undefined {
    return connection.socket()?.retryAt;
  },
  /** Has it tried at once. */
  reconnect(): void {
    connection.socket()?.tryNow();
  },
  /** Forgets everything that was read: for when somebody else signs in. */
  reset(): void {
    connection.dispose();
    connection = makeConnection();
  },
  /** Called whenever an answer says that nobody is signed in. */
  onSignedOut(action: () => void): void {
    onSignedOut = action;
  },
  /** Called when what the role allows is something else now. */
  onAccessChanged(action: () => void): void {
    onAccessChanged = action;
  },
};

/** Asks once, past the cache. @throws ProblemError */
export async function ask<Data, Variables extends AnyVariables>(
  document: DocumentInput<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const { data, error } = await api.client
    .query(document, variables, { requestPolicy: 'network-only' })
    .toPromise();
  if (error !== undefined) throw new ProblemError(problemOf(error));
  return data as Data;
}

/**
 * Changes something.
 * @param outlivesPage it is sent although the page is being left
 * @throws ProblemError
 */
export async function mutate<Data, Variables extends AnyVariables>(
  document: DocumentInput<Data, Variables>,
  variables: Variables,
  { outlivesPage = false }: { outlivesPage?: boolean } = {},
): Promise<Data> {
  const context = outlivesPage ? { fetchOptions: { ...fetchOptions, keepalive: true } } : undefined;
  const { data, error } = await api.client.mutation(document, variables, context).toPromise();
  if (error !== undefined) throw new ProblemError(problemOf(error));
  return data as Data;
}

/** A key by which the server knows a request again that was sent twice. */
export function newIdempotencyKey(): string {
  // `crypto.randomUUID` is missing on pages that came over plain HTTP.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
