import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: Buffer | string, text: string) => createHmac('sha256', key).update(text).digest();

/** As signature version 4 encodes: everything but letters, digits and `-._~`. */
const encoded = (text: string) =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/**
 * What is wrong with the signature of a request, worked out as the documents of AWS describe version 4; `undefined`
 * when nothing is.
 * @param secrets by the id of their key
 */
export function signatureProblem(
  { method = '', headers }: IncomingMessage,
  url: URL,
  body: Buffer,
  secrets: Readonly<Record<string, string>>,
): string | undefined {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (match === null) return 'there is no signature';
  const [, keyId = '', day = '', region = '', signedHeaders = '', signature] = match;
  const secret = secrets[keyId];
  if (secret === undefined) return 'there is no such key';
  const hash = String(headers['x-amz-content-sha256']);
  if (hash !== sha256(body)) return 'the body is another one';
  const at = String(headers['x-amz-date']);
  const [, date = '', time = ''] = /^(\d{8})T(\d{6})Z$/.exec(at) ?? [];
  const moment = Date.parse(
    `${date.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`,
  );
  if (!(Math.abs(Date.now() - moment) < 15 * 60_000)) return 'the clock is wrong';
  const names = signedHeaders.split(';');
  const missing = ['host', 'x-amz-content-sha256', 'x-amz-date'].filter((name) => !names.includes(name));
  if (missing.length > 0) return `not signed: ${missing.join(', ')}`;
  const canonical = [
    method,
    decodeURIComponent(url.pathname).split('/').map(encoded).join('/'),
    [...url.searchParams]
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
      .sort()
      .join('&'),
    ...names.map((name) => `${name}:${String(headers[name])}`),
    '',
    signedHeaders,
    hash,
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const key = ['aws4_request', 's3', region, day].reduceRight<Buffer | string>(
    (before, part) => hmac(before, part),
    `AWS4${secret}`,
  );
  const expected = hmac(key, ['AWS4-HMAC-SHA256', at, scope, sha256(canonical)].join('\n')).toString('hex');
  return expected === signature ? undefined : 'the signature is wrong';
}
