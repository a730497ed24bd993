import { parseEnrolmentToken } from '@nephos/agent-protocol/enrolment.ts';
import { makeCertificateRequest } from './certificate-request.ts';
import type { AgentIdentity } from './identity.ts';
import { Wire } from './wire.ts';

export interface EnrolOptions {
  serverUrl: string;
  /** Text of the one-time token. */
  token: string;
  kind: 'HOST' | 'STORAGE';
  name: string;
}

/**
 * Trades a one-time token for a certificate.
 * @throws RangeError for text that is no token
 * @throws LinkDown when the server cannot be reached or is not the token's
 * @throws Error with the server's words when it refuses the token
 */
export async function enrol(options: EnrolOptions): Promise<AgentIdentity> {
  const { caFingerprint, secret } = parseEnrolmentToken(options.token);
  const { privateKey, request } = makeCertificateRequest();
  const wire = new Wire({
    serverUrl: options.serverUrl,
    trust: { caFingerprint },
    onClosed: () => undefined,
  });
  try {
    const { kind, name } = options;
    const answer = await wire.call('enrol', { secret, kind, name, certificateRequest: request });
    return { privateKey, ...answer };
  } finally {
    await wire.close();
  }
}
