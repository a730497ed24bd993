// The certificate library keeps its parsers in a container that needs this before anything else.
import 'reflect-metadata';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import { expect, test } from 'vitest';
import { makeCertificateRequest } from './certificate-request.ts';

test('a certificate library reads the request, and finds it signed by the key that it names', async () => {
  const { privateKey, request } = makeCertificateRequest();
  const read = new Pkcs10CertificateRequest(request);
  expect(read.subject).toBe('CN=agent');
  expect(await read.verify()).toBe(true);
  const own = createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'der' });
  expect(Buffer.from(read.publicKey.rawData)).toEqual(own);
  expect(read.attributes).toEqual([]);
});

test('every request is for a key of its own', () => {
  expect(makeCertificateRequest().request).not.toBe(makeCertificateRequest().request);
});
