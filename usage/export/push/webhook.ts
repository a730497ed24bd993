import { createHmac } from 'node:crypto';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { ExportWebhook } from '@nephos/model/shapes/export-target.ts';
import type { Destination } from './destination.ts';
import { guardedRequest, isFine } from './guarded-request.ts';
import { sha256Of, type RunFile } from './run-file.ts';
import { SendProblem } from './send-problem.ts';

/** What a webhook needs beside its address. */
export interface WebhookOptions {
  /** Key of the signature. */
  secret: string;
  allowedNetworks: readonly string[];
  runId: Id<'UsageExportRun'>;
  scheduleName: string;
  /** Where the file can be fetched. */
  link: string;
  /** Seconds of Unix time. */
  now(): number;
}

/**
 * A program that gets the file by POST, or a message that says where it is. It may get one twice, when its answer was
 * lost: then `nephos-delivery` is the same.
 */
export function webhookDestination({ url, sends }: ExportWebhook, options: WebhookOptions): Destination {
  return {
    async send({ file, journal, signal }) {
      const message = sends === 'LINK' ? Buffer.from(linkText(file, options)) : undefined;
      const sha256 = message === undefined ? file.sha256 : sha256Of(message);
      const answer = await guardedRequest({
        method: 'POST',
        url: new URL(url),
        headers: {
          'content-type': message === undefined ? file.mediaType : 'application/json',
          'content-length': message === undefined ? file.sizeBytes : message.length,
          'content-disposition': `attachment; filename="${file.name}"`,
          ...(file.schemaId !== null && { 'focus-schema-id': file.schemaId }),
          ...signatureOf(sha256, options),
        },
        body: message === undefined ? file.read(0, file.sizeBytes) : [message],
        allowedNetworks: options.allowedNetworks,
        signal,
      });
      if (!isFine(answer)) throw new SendProblem(`${new URL(url).host} answered ${answer.status}`);
      await journal.arrived(file.sizeBytes);
      return url;
    },
  };
}

/** Headers by which the program knows that it was us, when, and what for. */
function signatureOf(sha256: string, { secret, runId, now }: WebhookOptions): Record<string, string> {
  const timestamp = String(now());
  const signature = createHmac('sha256', secret).update(`${timestamp}.${runId}.${sha256}`).digest('hex');
  return {
    'nephos-timestamp': timestamp,
    'nephos-delivery': runId,
    'nephos-content-sha256': sha256,
    'nephos-signature': `sha256=${signature}`,
  };
}

function linkText(file: RunFile, { runId, scheduleName, link }: WebhookOptions): string {
  const { name, mediaType, sizeBytes, rowCount, sha256, schemaId } = file;
  return JSON.stringify({
    delivery: runId,
    schedule: scheduleName,
    url: link,
    name,
    mediaType,
    sizeBytes,
    rowCount: Number(rowCount),
    sha256,
    focusSchemaId: schemaId,
  });
}
