import { FrameError, messageType, readFrame } from './frame.ts';
import { program } from './procedure.ts';
import { typedValues, type TypedValues } from './typed-parameters.ts';

/** What the source's daemon of a peer-to-peer migration says to the destination's, for whoever stands between them. */
export type PeerCall =
  /** Opening, keeping up and closing the connection. */
  | { readonly kind: 'CONNECTION' }
  /** The first and the last call of the migration. */
  | {
      readonly kind: 'PREPARE' | 'FINISH';
      /** `destination_xml`, `migrate_uri` … */
      readonly parameters: TypedValues;
      /** What the daemons tell each other beside: an XML document. */
      readonly cookie: string;
    }
  /** Nothing that belongs to a migration. */
  | { readonly kind: 'OTHER'; readonly program: number; readonly procedure: number };

/**
 * REMOTE_PROC_CONNECT_OPEN, CONNECT_CLOSE, CONNECT_SUPPORTS_FEATURE, AUTH_LIST, AUTH_POLKIT,
 * CONNECT_REGISTER_CLOSE_CALLBACK and CONNECT_UNREGISTER_CLOSE_CALLBACK.
 */
const connectionProcedures = new Set([1, 2, 60, 66, 70, 360, 361]);
const prepareProcedure = 303;
const finishProcedure = 306;

/** REMOTE_DOMAIN_MIGRATE_PARAM_LIST_MAX and REMOTE_MIGRATE_COOKIE_MAX. */
const longestList = 64;
const longestCookie = 4 * 1024 * 1024;

/** Reads one frame of the source's. @throws FrameError, XdrError for one that is malformed */
export function readPeerCall(frame: Buffer): PeerCall {
  const { header, payload } = readFrame(frame);
  const { procedure, type } = header;
  if (header.program === program.keepalive) return { kind: 'CONNECTION' };
  const other = { kind: 'OTHER', program: header.program, procedure } as const;
  if (header.program !== program.remote || type !== messageType.call) return other;
  if (connectionProcedures.has(procedure)) return { kind: 'CONNECTION' };
  if (procedure !== prepareProcedure && procedure !== finishProcedure) return other;
  const parameters = typedValues(longestList).read(payload);
  const cookie = payload.bytes(longestCookie).toString();
  payload.uint();
  if (procedure === finishProcedure) payload.int();
  payload.end();
  if (cookie !== '' && !cookie.endsWith('\0')) throw new FrameError('a migration cookie that is no text');
  return {
    kind: procedure === prepareProcedure ? 'PREPARE' : 'FINISH',
    parameters,
    cookie: cookie.replace(/\0$/, ''),
  };
}
