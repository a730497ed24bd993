// The certificate library keeps its parsers in a container that needs this before anything else.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

export interface CertificateRequest {
  /** PKCS #8, PEM. */
  privateKey: string;
  /** PKCS #10, PEM. */
  request: string;
}

/** A new P-256 key and a request to certify it. The name in it is not used: the server knows whom it asked. */
export async function makeCertificateRequest(): Promise<CertificateRequest> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=agent',
    keys: keys as never,
    signingAlgorithm: algorithm,
  });
  const privateKey = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { privateKey: pem('PRIVATE KEY', privateKey), request: request.toString('pem') };
}
