import { createHash, X509Certificate } from 'node:crypto';
import tls from 'node:tls';
import { serverCertificateName } from '@nephos/agent-protocol/enrolment.ts';
import type { AgentIdentity } from './identity.ts';

/** How the server is known: by the CA in an identity, or, before there is one, by the fingerprint in a token. */
export type ServerTrust = { identity: AgentIdentity } | { caFingerprint: string };

/** Kept by the caller from one connection to the next, so that a reconnect resumes the TLS session. */
export interface TlsSession {
  ticket?: Buffer;
}

/**
 * Whether the server shows a server's certificate that the CA of this fingerprint signed. The signature itself is
 * checked: anybody may show the CA's certificate beside one of their own making. So is the name: agents have
 * certificates of the same CA.
 */
function isSignedBy(caFingerprint: string, socket: tls.TLSSocket): boolean {
  const shown = socket.getPeerCertificate(true);
  const authority = new X509Certificate(shown.issuerCertificate.raw);
  const fingerprint = createHash('sha256').update(authority.raw).digest('hex');
  const server = new X509Certificate(shown.raw);
  return (
    fingerprint === caFingerprint &&
    server.verify(authority.publicKey) &&
    server.checkHost(serverCertificateName) !== undefined
  );
}

/** Connects to a server's agent port and makes sure that it is ours. */
export function connectSecurely(url: URL, trust: ServerTrust, tlsSession?: TlsSession): tls.TLSSocket {
  const common = {
    host: url.hostname,
    port: Number(url.port),
    servername: serverCertificateName,
    ALPNProtocols: ['http/1.1'],
  };
  if ('caFingerprint' in trust) {
    // Nothing is trusted yet but the fingerprint.
    const socket = tls.connect({ ...common, rejectUnauthorized: false });
    socket.once('secureConnect', () => {
      if (!isSignedBy(trust.caFingerprint, socket)) {
        socket.destroy(new Error('the server is not the one that the enrolment token was made by'));
      }
    });
    return socket;
  }
  const { privateKey, certificate, authority } = trust.identity;
  const session = tlsSession?.ticket;
  const socket = tls.connect({
    ...common,
    key: privateKey,
    cert: certificate,
    ca: authority,
    ...(session && { session }),
  });
  socket.on('session', (ticket) => {
    if (tlsSession !== undefined) tlsSession.ticket = ticket;
  });
  return socket;
}
