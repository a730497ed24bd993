import { z } from 'zod';

/** A token admits one agent: the fingerprint lets the agent know its server, the secret lets the server know its agent. */
export interface EnrolmentToken {
  /** SHA-256 of the platform's CA certificate (DER), in hexadecimal. */
  caFingerprint: string;
  secret: string;
}

const tokenPattern = /^nephos-enrol-([0-9a-f]{64})-([\w-]{32,})$/;

export function formatEnrolmentToken(token: EnrolmentToken): string {
  return `nephos-enrol-${token.caFingerprint}-${token.secret}`;
}

/** @throws RangeError for text that is no token; the text is not repeated in the message */
export function parseEnrolmentToken(text: string): EnrolmentToken {
  const match = tokenPattern.exec(text.trim());
  if (match?.[1] === undefined || match[2] === undefined) throw new RangeError('not an enrolment token');
  return { caFingerprint: match[1], secret: match[2] };
}

/** The name every server's certificate on the agent port carries, whatever address it is reached by. */
export const serverCertificateName = 'agents.nephos.internal';

export const enrolInput = z.strictObject({
  /** The token's secret. */
  secret: z.string().max(200),
  kind: z.enum(['HOST', 'STORAGE']),
  name: z.string().min(1).max(255),
  /** PKCS #10, PEM; the key is ECDSA P-256. */
  certificateRequest: z.string().max(10_000),
});
export type EnrolInput = z.output<typeof enrolInput>;

export const certificateAnswer = z.strictObject({
  /** PEM. */
  certificate: z.string(),
  /** PEM of the CA that signs servers and agents. */
  authority: z.string(),
});
export type CertificateAnswer = z.output<typeof certificateAnswer>;
