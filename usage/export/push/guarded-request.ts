import http, { type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { assertMayConnect, guardedLookup, type AddressRule } from '@nephos/model/kernel/address-guard.ts';
import { SendProblem } from './send-problem.ts';

/** One request to an address that a user named. */
export interface GuardedRequest {
  method: string;
  url: URL;
  headers: OutgoingHttpHeaders;
  /** What is sent, a piece at a time; nothing when left out. */
  body?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** Private networks that may be connected to all the same. */
  allowedNetworks: readonly string[];
  /** Ends it. */
  signal: AbortSignal;
}

/** What came back, with the beginning of its body. */
export interface GuardedAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** A partner that neither takes nor sends anything for so long is given up. */
const stallMs = 30_000;
/** What is read of an answer. */
const mostAnswerBytes = 64 * 1024;

const refuse = (host: string, address: string) => {
  const what = host === address ? address : `${host} (${address})`;
  return new SendProblem(
    `${what} is a private address that usage.export.allowed.internal.sites does not allow`,
  );
};

/**
 * Sends a request and reads the answer, whatever its status. Where it goes is checked where the connection is made;
 * redirects are not followed.
 * @throws SendProblem when there is no answer
 */
export async function guardedRequest(request: GuardedRequest): Promise<GuardedAnswer> {
  const rule: AddressRule = { allowedNetworks: request.allowedNetworks, refuse };
  const { url, method, headers, body = [], signal } = request;
  assertMayConnect(url.hostname, rule);
  const client = url.protocol === 'https:' ? https : http;
  const outgoing = client.request(url, {
    method,
    headers: { 'user-agent': 'nephos-usage', ...headers },
    lookup: guardedLookup(rule),
    signal,
    // A connection of its own: none that was made for another check is used again.
    agent: false,
  });
  outgoing.setTimeout(stallMs, () =>
    outgoing.destroy(new SendProblem(`${url.host} was silent for ${stallMs / 1000} s`)),
  );
  // Errors after the first have nobody else to tell.
  outgoing.on('error', () => undefined);
  try {
    const answered = answerOf(outgoing);
    const isSent = pipeline(Readable.from(body, { objectMode: true, highWaterMark: 1 }), outgoing).then(
      () => true,
      () => false,
    );
    const answer = await readAnswer(await answered);
    // A partner may refuse, and hang up, before it has taken everything; to accept it must have it.
    if (isFine(answer) && !(await isSent))
      throw new SendProblem(`${url.host} answered ${answer.status} before it had taken the whole file`);
    return answer;
  } catch (error) {
    throw asProblem(error, url);
  } finally {
    outgoing.destroy();
  }
}

/** Whether the partner did what it was asked for. */
export const isFine = ({ status }: GuardedAnswer): boolean => status >= 200 && status < 300;

function answerOf(outgoing: http.ClientRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  outgoing.once('response', resolve);
  outgoing.once('error', reject);
  return promise;
}

async function readAnswer(response: IncomingMessage): Promise<GuardedAnswer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    pieces.push(piece);
    length += piece.length;
    if (length >= mostAnswerBytes) break;
  }
  const text = Buffer.concat(pieces).subarray(0, mostAnswerBytes).toString('utf8');
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

function asProblem(error: unknown, url: URL): unknown {
  const { cause, message, code, name } = error as NodeJS.ErrnoException;
  if (error instanceof SendProblem) return error;
  if (cause instanceof SendProblem) return cause;
  if (name === 'AbortError') return new SendProblem(`${url.host} took too long`);
  const isOfNetwork = typeof code === 'string' || error instanceof AggregateError;
  return isOfNetwork ? new SendProblem(`${url.host}: ${message || String(code)}`, { cause: error }) : error;
}
