import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';

export interface ApiErrorShape {
  message: string;
  path?: (string | number)[];
  extensions: { code: string; details?: Record<string, unknown>; remedy?: string; traceId?: string };
}

/** The first error of an answer, thrown by `ApiClient.ask`. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly code: string;
  readonly details: Record<string, unknown>;
  readonly all: ApiErrorShape[];

  constructor(errors: ApiErrorShape[]) {
    super(errors[0]?.message);
    this.code = errors[0]?.extensions.code ?? 'none';
    this.details = errors[0]?.extensions.details ?? {};
    this.all = errors;
  }
}

export interface ApiAnswer {
  status: number;
  headers: Headers;
  data: unknown;
  errors: ApiErrorShape[] | undefined;
}

/** A client as any program would be: HTTP for questions, WebSocket for following. */
export class ApiClient {
  readonly url: string;
  readonly #headers: Record<string, string>;
  #socket: Client | undefined;

  /** @param headers `authorization` or `cookie` */
  constructor(url: string, headers: Record<string, string> = {}) {
    this.url = url;
    this.#headers = headers;
  }

  /** Value of the header that says who asks; empty where a cookie does. */
  get authorization(): string {
    return this.#headers.authorization ?? '';
  }

  async send(query: string, variables: Record<string, unknown> = {}): Promise<ApiAnswer> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.#headers },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as { data?: unknown; errors?: ApiErrorShape[] };
    return { status: response.status, headers: response.headers, data: body.data, errors: body.errors };
  }

  /** @throws ApiError */
  async ask<Data = Record<string, never>>(
    query: string,
    variables: Record<string, unknown> = {},
  ): Promise<Data> {
    const { data, errors } = await this.send(query, variables);
    if (errors !== undefined) throw new ApiError(errors);
    return data as Data;
  }

  /** Results of a subscription, until the loop over them is left. */
  async *follow<Data>(
    query: string,
    variables: Record<string, unknown> = {},
  ): AsyncGenerator<Data, void, undefined> {
    this.#socket ??= createClient({
      url: `${this.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: socketWith(this.#headers),
      retryAttempts: 0,
      connectionParams: { authorization: this.#headers.authorization },
    });
    try {
      for await (const { data, errors } of this.#socket.iterate<Data>({ query, variables })) {
        if (errors) throw new ApiError(errors as unknown as ApiErrorShape[]);
        if (data) yield data;
      }
    } catch (error) {
      // A refused subscription comes as the bare list of its errors.
      throw Array.isArray(error) ? new ApiError(error as ApiErrorShape[]) : error;
    }
  }

  /** Resolves once the server has let its socket in; something is being followed on it by then. */
  async connected(): Promise<void> {
    for await (const _ of this.follow('{ __typename }'));
  }

  async close(): Promise<void> {
    await this.#socket?.dispose();
  }
}

function socketWith(headers: Record<string, string>): typeof WebSocket {
  return class extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols, {
        headers: headers.cookie === undefined ? {} : { cookie: headers.cookie },
      });
    }
  } as typeof WebSocket;
}

/** Signs in and makes an API key: the way programs begin. */
export async function signIn(url: string, username: string, password: string): Promise<ApiClient> {
  const answer = await new ApiClient(url).send(
    'mutation ($input: SignInInput!) { signIn(input: $input) { username } }',
    { input: { username, password } },
  );
  if (answer.errors !== undefined) throw new ApiError(answer.errors);
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const { createApiKey } = await new ApiClient(url, { cookie }).ask<{ createApiKey: { token: string } }>(
    'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { token } }',
    { input: { name: `test ${process.hrtime.bigint().toString()}` } },
  );
  return new ApiClient(url, { authorization: `Bearer ${createApiKey.token}` });
}
