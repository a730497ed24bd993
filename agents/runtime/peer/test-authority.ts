// The certificate library keeps its parsers in a container that needs this before anything else.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  PemConverter,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { AgentIdentity } from '../identity.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const hourMs = 3_600_000;

type Keys = Parameters<typeof X509CertificateGenerator.createSelfSigned>[0]['keys'];

const newKeys = async () =>
  (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as unknown as Keys;

/** A CA as the platform's is, and agents that it has certified, as they are after their enrolment. */
export async function testAuthority(): Promise<{ enrol(agentId: string): Promise<AgentIdentity> }> {
  const keys = await newKeys();
  const name = 'CN=Test CA';
  const validity = { notBefore: new Date(Date.now() - hourMs), notAfter: new Date(Date.now() + hourMs) };
  const authority = await X509CertificateGenerator.createSelfSigned({
    name,
    ...validity,
    signingAlgorithm: algorithm,
    keys,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  return {
    enrol: async (agentId) => {
      const own = await newKeys();
      const certificate = await X509CertificateGenerator.create({
        subject: `CN=${agentId}`,
        issuer: name,
        ...validity,
        signingAlgorithm: algorithm,
        signingKey: keys.privateKey,
        publicKey: own.publicKey,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
        ],
      });
      const exported = await webcrypto.subtle.exportKey('pkcs8', own.privateKey);
      return {
        privateKey: PemConverter.encode(exported, 'PRIVATE KEY'),
        certificate: certificate.toString('pem'),
        authority: authority.toString('pem'),
      };
    },
  };
}
