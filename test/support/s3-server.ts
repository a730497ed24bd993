import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { signatureProblem } from './s3-signature.ts';

/** An object that is there, whole. */
export interface StoredObject {
  body: Buffer;
  headers: IncomingMessage['headers'];
  /** How many parts it was put together from; 0 when it came at once. */
  parts: number;
  /** How often an object of this name was made. */
  made: number;
}

/** What may be done to a request in place of an answer: nothing, or it is carried out and the answer lost. */
export type Fault = 'REFUSE' | 'LOSE_ANSWER';

interface Upload {
  key: string;
  headers: IncomingMessage['headers'];
  parts: Map<number, { body: Buffer; etag: string }>;
}

/**
 * An object storage that speaks as much of S3 as uploads need, on loopback, with buckets in the path. Each signature is
 * worked out a second time, from what came over the wire.
 */
export class S3Server implements AsyncDisposable {
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, Upload>();
  /** What was asked, without bodies: `PUT /bucket/key?partNumber=1`. */
  readonly asked: string[] = [];
  /** Decides over each request. */
  fault: (request: string) => Fault | undefined = () => undefined;
  readonly #secrets: Readonly<Record<string, string>>;
  readonly #server = createServer((request, response) => void this.#handle(request, response));

  /** @param secrets by the id of their key */
  constructor(secrets: Readonly<Record<string, string>>) {
    this.#secrets = secrets;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const url = new URL(request.url ?? '', this.url);
    const name = `${request.method} ${url.pathname}${url.search.replaceAll(/uploadId=[^&]+/g, 'uploadId')}`;
    this.asked.push(name);
    const problem = signatureProblem(request, url, body, this.#secrets);
    if (problem !== undefined) {
      refuse(response, 403, 'SignatureDoesNotMatch', problem);
      return;
    }
    const fault = this.fault(name);
    if (fault === 'REFUSE') {
      refuse(response, 503, 'SlowDown', 'Please reduce your request rate.');
      return;
    }
    const answer = this.#answer(request, url, body);
    if (fault === 'LOSE_ANSWER') response.destroy();
    else if ('code' in answer) refuse(response, answer.status, answer.code, 'no');
    else response.writeHead(answer.status, answer.headers).end(answer.text);
  }

  #answer(request: IncomingMessage, url: URL, body: Buffer): Answer {
    const key = url.pathname;
    const { searchParams } = url;
    const uploadId = searchParams.get('uploadId');
    const upload = uploadId === null ? undefined : this.uploads.get(uploadId);
    if (uploadId !== null && upload?.key !== key) return { status: 404, code: 'NoSuchUpload' };
    switch (request.method) {
      case 'HEAD':
        return this.#head(key);
      case 'DELETE':
        this.uploads.delete(uploadId ?? '');
        return { status: 204, text: '' };
      case 'PUT': {
        const etag = `"${createHash('md5').update(body).digest('hex')}"`;
        if (upload === undefined) this.#store(key, { body, headers: request.headers, parts: 0 });
        else upload.parts.set(Number(searchParams.get('partNumber')), { body, etag });
        return { status: 200, headers: { etag }, text: '' };
      }
      default:
        return upload === undefined
          ? this.#begin(key, request)
          : this.#complete(uploadId ?? '', upload, body.toString());
    }
  }

  #head(key: string): Answer {
    const object = this.objects.get(key);
    if (object === undefined) return { status: 404, code: 'NotFound' };
    const kept = Object.entries(object.headers).filter(([name]) => name.startsWith('x-amz-meta-'));
    const headers = { ...Object.fromEntries(kept), 'content-length': object.body.length };
    return { status: 200, headers, text: '' };
  }

  #begin(key: string, { headers }: IncomingMessage): Answer {
    const id = randomUUID();
    this.uploads.set(id, { key, headers, parts: new Map() });
    return {
      status: 200,
      text: `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    };
  }

  /** As S3 does: the parts that are named, with their tags, none but the last smaller than 5 MiB. */
  #complete(id: string, { key, headers, parts }: Upload, xml: string): Answer {
    const named = [...xml.matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]*)<\/ETag>/g)].map(
      ([, number, etag]) => ({
        part: parts.get(Number(number)),
        etag: (etag ?? '').replaceAll('&quot;', '"'),
      }),
    );
    if (named.length === 0 || named.some(({ part, etag }) => part?.etag !== etag))
      return { status: 400, code: 'InvalidPart' };
    const bodies = named.map(({ part }) => part?.body ?? Buffer.alloc(0));
    if (bodies.slice(0, -1).some(({ length }) => length < 5 * 1024 ** 2))
      return { status: 400, code: 'EntityTooSmall' };
    this.uploads.delete(id);
    this.#store(key, { body: Buffer.concat(bodies), headers, parts: bodies.length });
    return { status: 200, text: '<CompleteMultipartUploadResult></CompleteMultipartUploadResult>' };
  }

  #store(key: string, object: Omit<StoredObject, 'made'>): void {
    this.objects.set(key, { ...object, made: (this.objects.get(key)?.made ?? 0) + 1 });
  }
}

type Answer =
  | { status: number; headers?: Record<string, string | number>; text: string }
  | { status: number; code: string };

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}

/** `sha256=` and an HMAC, as a webhook's receiver works it out. */
export function webhookSignature(headers: IncomingMessage['headers'], secret: string, body: Buffer): string {
  const hash = createHash('sha256').update(body).digest('hex');
  const text = `${String(headers['nephos-timestamp'])}.${String(headers['nephos-delivery'])}.${hash}`;
  return `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
}
