import { generateKeyPairSync, sign } from 'node:crypto';

/** Tags of ASN.1 in DER, X.690. */
const tag = {
  integer: 0x02,
  bitString: 0x03,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
  attributes: 0xa0,
};

/** Object identifiers as they stand in DER, without tag and length. */
const oid = {
  /** 2.5.4.3 */
  commonName: Buffer.from('550403', 'hex'),
  /** 1.2.840.10045.4.3.2, which takes no parameters: RFC 5758, 3.2 */
  ecdsaWithSha256: Buffer.from('2a8648ce3d040302', 'hex'),
};

function der(type: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  // A length above 127 says first how many bytes it takes; nothing here takes more than two.
  const sized =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([type, ...sized]), content]);
}

/** Bits that fill whole bytes: none are unused. */
const bits = (bytes: Buffer) => der(tag.bitString, Buffer.of(0), bytes);

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

export interface CertificateRequest {
  /** PKCS #8, PEM. */
  privateKey: string;
  /** PKCS #10, PEM. */
  request: string;
}

/**
 * A new P-256 key and a request to certify it, as in RFC 2986. The name in it is not used: the server knows whom it
 * asked. It always has the same shape, so that writing it takes no certificate library, which would hold 25 MB in
 * every agent from its enrolment on.
 */
export function makeCertificateRequest(): CertificateRequest {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = der(tag.sequence, der(tag.oid, oid.commonName), der(tag.utf8, Buffer.from('agent')));
  const information = der(
    tag.sequence,
    der(tag.integer, Buffer.of(0)),
    der(tag.sequence, der(tag.set, name)),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(tag.attributes),
  );
  const request = der(
    tag.sequence,
    information,
    der(tag.sequence, der(tag.oid, oid.ecdsaWithSha256)),
    bits(sign('sha256', information, privateKey)),
  );
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    request: pem('CERTIFICATE REQUEST', request),
  };
}
