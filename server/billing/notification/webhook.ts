import { createHmac } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { Row } from '@nephos/model/database.ts';
import { assertMayConnect, guardedLookup } from '@nephos/model/kernel/address-guard.ts';
import { noticeText } from './texts.ts';

/** What a webhook needs beside what it tells. */
export interface WebhookOptions {
  /** Key of the signature. */
  secret: Buffer;
  /** Private networks that may be connected to all the same. */
  allowedNetworks: readonly string[];
  now: Date;
  /** Ends it, however busily the program keeps one waiting. */
  signal: AbortSignal;
}

/**
 * Tells a program of a notice, by POST. The program knows that it was us by `nephos-signature`, the HMAC-SHA256 of
 * `timestamp.delivery.body`; one that is sent again, because its answer was lost, has the same `nephos-delivery`.
 * Redirects are not followed.
 * @throws Error when the program does not take it, or its address is a private one
 */
export async function sendWebhook(notice: Row<'Notice'>, options: WebhookOptions): Promise<void> {
  const url = new URL(notice.recipient);
  const body = Buffer.from(bodyOf(notice));
  const timestamp = String(Math.floor(options.now.getTime() / 1000));
  const signature = createHmac('sha256', options.secret)
    .update(`${timestamp}.${notice.id}.`)
    .update(body)
    .digest('hex');
  const rule = { allowedNetworks: options.allowedNetworks, refuse };
  assertMayConnect(url.hostname, rule);
  await new Promise<void>((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(
      url,
      {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          'nephos-timestamp': timestamp,
          'nephos-delivery': notice.id,
          'nephos-signature': `sha256=${signature}`,
        },
        lookup: guardedLookup(rule),
        signal: options.signal,
        // A connection of its own, which ends with the answer: none that was made for another check is used again.
        agent: false,
      },
      (response) => {
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve();
        else reject(new Error(`${url.host} answered ${status}`));
        response.destroy();
      },
    );
    request.on('error', (error) =>
      reject(options.signal.aborted ? new Error(`${url.host} did not answer in time`) : error),
    );
    request.end(body);
  });
}

function bodyOf({ id, accountId, kind, language, facts, createdAt }: Row<'Notice'>): string {
  const { subject, sentences } = noticeText(kind, language, facts);
  return JSON.stringify({
    ...{ delivery: id, kind, accountId, at: createdAt.toISOString() },
    ...{ facts, subject, text: sentences.join(' ') },
  });
}

function refuse(host: string, address: string): Error {
  return new Error(`${host} is at ${address}, and webhooks are not sent to private addresses`);
}
