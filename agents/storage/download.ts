import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import { assertMayConnect, guardedLookup } from '@nephos/model/kernel/address-guard.ts';
import { formatBytes } from '@nephos/model/kernel/units.ts';
import { downloadRule } from './address-guard.ts';

export interface DownloadOptions {
  url: string;
  /** Private networks that are allowed all the same. */
  allowedNetworks: readonly string[];
  maxBytes: bigint;
  signal: AbortSignal;
  /** 0 to 100, as far as the server tells the length. */
  progress(percent: number, detail: string): void;
}

const mostRedirects = 5;
const stallMs = 60_000;

/**
 * Fetches a URL into a file. Every address is checked where the connection is made, on every redirect too.
 * @returns SHA-256 of what was written, in hexadecimal
 * @throws CommandFailure FORBIDDEN_ADDRESS, TOO_LARGE, DOWNLOAD_FAILED
 */
export async function download(file: FileHandle, options: DownloadOptions): Promise<string> {
  const response = await followRedirects(new URL(options.url), options, 0);
  const length = lengthOf(response);
  const hash = createHash('sha256');
  let received = 0n;
  try {
    assertNotTooLarge(length ?? 0n, options);
    for await (const chunk of response as AsyncIterable<Buffer>) {
      received += BigInt(chunk.length);
      assertNotTooLarge(received, options);
      hash.update(chunk);
      await file.writeFile(chunk);
      const percent = length === undefined || length === 0n ? 0 : Number((received * 100n) / length);
      options.progress(
        percent,
        `${formatBytes(received)}${length === undefined ? '' : ` of ${formatBytes(length)}`}`,
      );
    }
  } catch (error) {
    throw asFailure(error, options);
  } finally {
    response.destroy();
  }
  if (length !== undefined && received !== length) {
    throw new CommandFailure(
      'DOWNLOAD_FAILED',
      `the server ended after ${formatBytes(received)} of ${formatBytes(length)}`,
    );
  }
  return hash.digest('hex');
}

async function followRedirects(
  url: URL,
  options: DownloadOptions,
  redirects: number,
): Promise<IncomingMessage> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new CommandFailure(
      'FORBIDDEN_ADDRESS',
      `the server redirects to ${url.protocol}//, only http and https are followed`,
    );
  }
  assertMayConnect(url.hostname, downloadRule(options.allowedNetworks));
  const response = await request(url, options).catch((error: unknown) => {
    throw asFailure(error, options);
  });
  const { statusCode = 0, headers } = response;
  if (statusCode === 200) return response;
  response.destroy();
  const isRedirect = [301, 302, 303, 307, 308].includes(statusCode);
  if (!isRedirect || headers.location === undefined) {
    throw new CommandFailure(
      'DOWNLOAD_FAILED',
      `${url.host} answered ${statusCode} ${response.statusMessage ?? ''}`.trim(),
    );
  }
  if (redirects === mostRedirects)
    throw new CommandFailure('DOWNLOAD_FAILED', `more than ${mostRedirects} redirects`);
  if (!URL.canParse(headers.location, url))
    throw new CommandFailure('DOWNLOAD_FAILED', 'the server redirects to no URL');
  return followRedirects(new URL(headers.location, url), options, redirects + 1);
}

function request(url: URL, { allowedNetworks, signal }: DownloadOptions): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const client = url.protocol === 'https:' ? https : http;
  const outgoing = client.get(
    url,
    {
      lookup: guardedLookup(downloadRule(allowedNetworks)),
      signal,
      // A connection of its own: none that was made for another check is used again.
      agent: false,
      headers: { 'user-agent': 'nephos-storage-agent', accept: '*/*', 'accept-encoding': 'identity' },
    },
    resolve,
  );
  outgoing.setTimeout(stallMs, () => {
    outgoing.destroy(
      new CommandFailure('DOWNLOAD_FAILED', `${url.host} sent nothing for ${stallMs / 1000} s`),
    );
  });
  outgoing.on('error', reject);
  return promise;
}

function lengthOf({ headers }: IncomingMessage): bigint | undefined {
  const text = headers['content-length'];
  return text !== undefined && /^\d+$/.test(text) ? BigInt(text) : undefined;
}

function assertNotTooLarge(bytes: bigint, { maxBytes }: DownloadOptions): void {
  if (bytes <= maxBytes) return;
  throw new CommandFailure(
    'TOO_LARGE',
    `the file has ${formatBytes(bytes)} or more; at most ${formatBytes(maxBytes)} are allowed (setting image.max.bytes)`,
  );
}

function asFailure(error: unknown, { signal }: DownloadOptions): unknown {
  if (signal.aborted || error instanceof CommandFailure) return error;
  const { cause } = error as Error;
  if (cause instanceof CommandFailure) return cause;
  const { code, message } = error as NodeJS.ErrnoException;
  const isCut = code === 'ECONNRESET';
  return new CommandFailure(
    'DOWNLOAD_FAILED',
    isCut ? 'the connection broke before the whole file had come' : message,
    { cause: error },
  );
}
