import type { ExportBucket } from '@nephos/model/shapes/export-target.ts';
import { AwsV4Signer } from 'aws4fetch';
import { guardedRequest, isFine, type GuardedAnswer } from '../guarded-request.ts';
import { sha256Of } from '../run-file.ts';
import { SendProblem } from '../send-problem.ts';

/** One request to the object storage. */
export interface S3Request {
  method: 'DELETE' | 'GET' | 'HEAD' | 'POST' | 'PUT';
  /** Name of the object. */
  key: string;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  body?: Uint8Array;
  signal: AbortSignal;
}

export interface S3ClientOptions {
  bucket: ExportBucket;
  secretAccessKey: string;
  allowedNetworks: readonly string[];
}

/** What the storage said instead of doing what it was asked for. */
export class S3Refusal extends SendProblem {
  override name = 'S3Refusal';
  readonly status: number;
  /** `NoSuchUpload`, `AccessDenied`; empty where it gave none. */
  readonly code: string;

  constructor(host: string, { status, text }: GuardedAnswer) {
    const code = elementOf(text, 'Code') ?? '';
    const message = elementOf(text, 'Message');
    super(
      `${host} answered ${status}${code === '' ? '' : ` ${code}`}${message === undefined ? '' : `: ${message}`}`,
    );
    this.status = status;
    this.code = code;
  }
}

/** Text of the first element with a name; the few answers that matter are flat. */
export function elementOf(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]{1,1024})</${name}>`).exec(xml)?.[1];
  return text
    ?.replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}

/** Speaks S3 with one bucket: requests are signed with version 4, bodies included. */
export class S3Client {
  readonly #options: S3ClientOptions;

  constructor(options: S3ClientOptions) {
    this.#options = options;
  }

  /** Where an object is, for people: `s3://bucket/usage/records.csv`. */
  placeOf(key: string): string {
    return `s3://${this.#options.bucket.bucket}/${key}`;
  }

  /** @throws S3Refusal for any status but 2xx, SendProblem when there is no answer */
  async ask({ method, key, query = {}, headers = {}, body, signal }: S3Request): Promise<GuardedAnswer> {
    const { bucket, secretAccessKey, allowedNetworks } = this.#options;
    const url = this.#urlOf(key);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const signer = new AwsV4Signer({
      method,
      url: url.href,
      headers: { ...headers, 'x-amz-content-sha256': sha256Of(body ?? '') },
      accessKeyId: bucket.accessKeyId,
      secretAccessKey,
      region: bucket.region,
      service: 's3',
    });
    const signed = await signer.sign();
    const answer = await guardedRequest({
      method,
      url: signed.url,
      headers: {
        ...Object.fromEntries(signed.headers),
        ...(method === 'GET' || method === 'HEAD' ? {} : { 'content-length': body?.length ?? 0 }),
      },
      ...(body !== undefined && { body: [body] }),
      allowedNetworks,
      signal,
    });
    if (!isFine(answer)) throw new S3Refusal(url.host, answer);
    return answer;
  }

  #urlOf(key: string): URL {
    const { endpoint, bucket, isPathStyle } = this.#options.bucket;
    const url = new URL(endpoint);
    if (!isPathStyle) url.hostname = `${bucket}.${url.hostname}`;
    url.pathname = isPathStyle ? `/${bucket}/${key}` : `/${key}`;
    return url;
  }
}
