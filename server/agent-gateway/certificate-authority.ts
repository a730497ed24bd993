// The certificate library keeps its parsers in a container that needs this before anything else.
import 'reflect-metadata';
import { createHash, webcrypto, X509Certificate as NodeCertificate } from 'node:crypto';
import { serverCertificateName } from '@nephos/agent-protocol/enrolment.ts';
import type { Database } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { PlatformError } from '../platform/errors.ts';
import type { Sealing } from '../platform/sealing.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
const authorityDays = 3650;
const serverDays = 397;
const agentDays = 90;
/** Clocks of agents may be behind ours. */
const backdateMs = 3_600_000;

/** A pair of P-256 keys, as the certificate library types them. */
type KeyPair = Parameters<typeof X509CertificateGenerator.createSelfSigned>[0]['keys'];
type SigningKey = KeyPair['privateKey'];

export interface Certificate {
  /** PEM. */
  pem: string;
  /** SHA-256 of the DER. */
  hash: Buffer;
  until: Date;
}

/** The platform's own CA: signs the servers' certificates on the agent port, and the agents'. */
export class CertificateAuthority {
  readonly #certificate: X509Certificate;
  readonly #key: SigningKey;
  readonly #clock: Clock;

  private constructor(certificate: X509Certificate, key: SigningKey, clock: Clock) {
    this.#certificate = certificate;
    this.#key = key;
    this.#clock = clock;
  }

  /** Loads the CA from the database; the first server makes it. */
  static async open(db: Database, sealing: Sealing, clock: Clock): Promise<CertificateAuthority> {
    const sealed = await sealing.platformSecret(db, 'certificate-authority', () =>
      makeAuthority(clock.now()),
    );
    const { certificate, privateKey } = JSON.parse(sealed.toString()) as {
      certificate: string;
      privateKey: string;
    };
    const key = await webcrypto.subtle.importKey(
      'pkcs8',
      PemConverter.decodeFirst(privateKey),
      algorithm,
      false,
      ['sign'],
    );
    return new CertificateAuthority(new X509Certificate(certificate), key as unknown as SigningKey, clock);
  }

  /** PEM. */
  get certificate(): string {
    return this.#certificate.toString('pem');
  }

  /** SHA-256 of the certificate (DER), in hexadecimal: what enrolment tokens carry. */
  get fingerprint(): string {
    return createHash('sha256').update(Buffer.from(this.#certificate.rawData)).digest('hex');
  }

  /** A key and certificate for this server's agent port. */
  async issueForServer(): Promise<{ privateKey: string; certificate: string }> {
    const keys = await newKeys();
    const { pem } = await this.#issue('CN=nephos-server', keys.publicKey, serverDays, [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: serverCertificateName }]),
    ]);
    return { privateKey: await exportKey(keys.privateKey), certificate: pem };
  }

  /**
   * Signs an agent's request. Whatever name stands in it, the certificate says the agent's id.
   * @throws PlatformError VALIDATION_FAILED for a request that is malformed or not signed by its own key
   */
  async issueForAgent(agentId: Id<'Agent'>, request: string): Promise<Certificate> {
    const refuse = (rule: string, cause?: unknown) =>
      new PlatformError('VALIDATION_FAILED', `certificateRequest ${rule}`, {
        details: { path: 'certificateRequest', rule },
        cause,
      });
    let parsed: Pkcs10CertificateRequest;
    try {
      parsed = new Pkcs10CertificateRequest(request);
    } catch (error) {
      throw refuse('must be a PKCS #10 request in PEM', error);
    }
    const { name, namedCurve } = parsed.publicKey.algorithm as { name: string; namedCurve?: string };
    if (name !== 'ECDSA' || namedCurve !== 'P-256') throw refuse('must be for an ECDSA key on P-256');
    if (!(await parsed.verify().catch(() => false))) throw refuse('must be signed by the key it is for');
    return this.#issue(`CN=${agentId}`, parsed.publicKey, agentDays, [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
    ]);
  }

  async #issue(
    subject: string,
    publicKey: Parameters<typeof X509CertificateGenerator.create>[0]['publicKey'],
    days: number,
    extensions: NonNullable<Parameters<typeof X509CertificateGenerator.create>[0]['extensions']>,
  ): Promise<Certificate> {
    const now = this.#clock.now().getTime();
    const until = new Date(now + days * dayMs);
    const issued = await X509CertificateGenerator.create({
      subject,
      issuer: this.#certificate.subject,
      notBefore: new Date(now - backdateMs),
      notAfter: until,
      signingAlgorithm: algorithm,
      signingKey: this.#key,
      publicKey,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        ...extensions,
      ],
    });
    const pem = issued.toString('pem');
    return { pem, hash: createHash('sha256').update(new NodeCertificate(pem).raw).digest(), until };
  }
}

async function makeAuthority(now: Date): Promise<Buffer> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=Nephos platform CA',
    notBefore: new Date(now.getTime() - backdateMs),
    notAfter: new Date(now.getTime() + authorityDays * dayMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  const privateKey = await exportKey(keys.privateKey);
  return Buffer.from(JSON.stringify({ certificate: certificate.toString('pem'), privateKey }));
}

async function newKeys(): Promise<KeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as unknown as KeyPair;
}

async function exportKey(key: SigningKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}
