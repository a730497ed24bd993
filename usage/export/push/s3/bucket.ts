import type { BucketUpload } from '@nephos/model/shapes/export-target.ts';
import type { Destination, Sending } from '../destination.ts';
import type { RunFile } from '../run-file.ts';
import { SendProblem } from '../send-problem.ts';
import { elementOf, S3Client, S3Refusal, type S3ClientOptions } from './s3-client.ts';

/** What is held in memory of a file; S3 wants parts of 5 MiB at least. */
const leastPartBytes = 8 * 1024 ** 2;
/** S3 takes 10,000. */
const mostParts = 9_000;

/** Metadata by which a file is known again. */
const hashHeader = 'x-amz-meta-sha256';

/**
 * A bucket. What fits into one part is put at once; more is uploaded in parts, which become an object when all are
 * there. Another attempt goes on after the last part that arrived.
 */
export function bucketDestination(options: S3ClientOptions): Destination {
  const client = new S3Client(options);
  const keyOf = ({ name }: RunFile) => `${options.bucket.prefix}${name}`;
  return {
    async send(sending) {
      const { file } = sending;
      const key = keyOf(file);
      const partBytes = Math.max(leastPartBytes, Math.ceil(file.sizeBytes / mostParts));
      if (file.sizeBytes <= partBytes) await putWhole(client, key, sending);
      else await putParts(client, key, { ...sending, partBytes });
      return client.placeOf(key);
    },
    async abandon({ uploadId }, file, signal) {
      await client.ask({ method: 'DELETE', key: keyOf(file), query: { uploadId }, signal });
    },
  };
}

const headersOf = ({ mediaType, sha256, schemaId }: RunFile) => ({
  'content-type': mediaType,
  [hashHeader]: sha256,
  ...(schemaId !== null && { 'x-amz-meta-focus-schema-id': schemaId }),
});

async function putWhole(client: S3Client, key: string, { file, journal, signal }: Sending): Promise<void> {
  const body = await bytesOf(file, 0, file.sizeBytes);
  await client.ask({ method: 'PUT', key, headers: headersOf(file), body, signal });
  await journal.arrived(file.sizeBytes);
}

async function putParts(
  client: S3Client,
  key: string,
  sending: Sending & { partBytes: number },
): Promise<void> {
  const { file, journal, signal } = sending;
  let upload = journal.upload ?? (await begin(client, key, sending));
  try {
    for (let from = upload.etags.length * upload.partBytes; from < file.sizeBytes; from += upload.partBytes) {
      const until = Math.min(from + upload.partBytes, file.sizeBytes);
      const { headers } = await client.ask({
        method: 'PUT',
        key,
        query: { partNumber: String(upload.etags.length + 1), uploadId: upload.uploadId },
        body: await bytesOf(file, from, until),
        signal,
      });
      if (headers.etag === undefined) throw new SendProblem('the object storage gave no ETag for a part');
      upload = { ...upload, etags: [...upload.etags, headers.etag] };
      await journal.arrived(until, upload);
    }
    await complete(client, key, { upload, signal });
  } catch (error) {
    const isForgotten = error instanceof S3Refusal && error.code === 'NoSuchUpload';
    if (!isForgotten || journal.upload === null) throw error;
    // It was completed, and the answer lost; or the storage forgot it.
    if (await isThere(client, key, sending)) return;
    await putParts(client, key, { ...sending, journal: anew(journal) });
  }
}

/** A journal in which nothing has arrived. */
const anew = (journal: Sending['journal']): Sending['journal'] => ({
  upload: null,
  arrived: (bytes, upload) => journal.arrived(bytes, upload),
});

async function begin(
  client: S3Client,
  key: string,
  { file, journal, signal, partBytes }: Sending & { partBytes: number },
): Promise<BucketUpload> {
  const { text } = await client.ask({
    method: 'POST',
    key,
    query: { uploads: '' },
    headers: headersOf(file),
    signal,
  });
  const uploadId = elementOf(text, 'UploadId');
  if (uploadId === undefined) throw new SendProblem('the object storage gave no id for an upload');
  const upload = { uploadId, partBytes, etags: [] };
  await journal.arrived(0, upload);
  return upload;
}

async function complete(
  client: S3Client,
  key: string,
  { upload, signal }: { upload: BucketUpload; signal: AbortSignal },
): Promise<void> {
  const parts = upload.etags
    .map((etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escaped(etag)}</ETag></Part>`)
    .join('');
  const { text } = await client.ask({
    method: 'POST',
    key,
    query: { uploadId: upload.uploadId },
    headers: { 'content-type': 'application/xml' },
    body: Buffer.from(`<CompleteMultipartUpload>${parts}</CompleteMultipartUpload>`),
    signal,
  });
  // Such a request may fail after its status was sent.
  const code = elementOf(text, 'Code');
  if (code !== undefined) throw new SendProblem(`the object storage answered ${code}`);
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

async function isThere(client: S3Client, key: string, { file, signal }: Sending): Promise<boolean> {
  try {
    const { headers } = await client.ask({ method: 'HEAD', key, signal });
    return headers[hashHeader] === file.sha256 && headers['content-length'] === String(file.sizeBytes);
  } catch (error) {
    if (error instanceof S3Refusal && error.status === 404) return false;
    throw error;
  }
}

async function bytesOf(file: RunFile, from: number, until: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of file.read(from, until)) pieces.push(piece);
  return Buffer.concat(pieces);
}
