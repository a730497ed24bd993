import { type Codec, int, optional, record, text } from './codec.ts';
import { type DomainRef, domainRef, type NetworkRef, networkRef } from './references.ts';

/** Numbers of virErrorNumber (libvirt 9.0, `virterror.h`), without their prefix `VIR_ERR_`. */
export const errorCode = {
  INTERNAL_ERROR: 1,
  NO_SUPPORT: 3,
  NO_CONNECT: 5,
  INVALID_ARG: 8,
  OPERATION_FAILED: 9,
  XML_ERROR: 27,
  DOM_EXIST: 28,
  OPERATION_DENIED: 29,
  XML_DETAIL: 35,
  NETWORK_EXIST: 37,
  SYSTEM_ERROR: 38,
  RPC: 39,
  NO_DOMAIN: 42,
  NO_NETWORK: 43,
  AUTH_FAILED: 45,
  NO_STORAGE_POOL: 49,
  NO_STORAGE_VOL: 50,
  OPERATION_INVALID: 55,
  NO_NWFILTER: 62,
  CONFIG_UNSUPPORTED: 67,
  OPERATION_TIMEOUT: 68,
  MIGRATE_PERSIST_FAILED: 69,
  NO_DOMAIN_SNAPSHOT: 72,
  ARGUMENT_UNSUPPORTED: 74,
  SNAPSHOT_REVERT_RISKY: 77,
  OPERATION_ABORTED: 78,
  NO_DOMAIN_METADATA: 80,
  MIGRATE_UNSAFE: 81,
  BLOCK_COPY_ACTIVE: 83,
  OPERATION_UNSUPPORTED: 84,
  AGENT_UNRESPONSIVE: 86,
  RESOURCE_BUSY: 87,
  ACCESS_DENIED: 88,
  STORAGE_VOL_EXIST: 90,
  CPU_INCOMPATIBLE: 91,
  XML_INVALID_SCHEMA: 92,
  MIGRATE_FINISH_OK: 93,
  AUTH_UNAVAILABLE: 94,
  AGENT_UNSYNCED: 97,
  DEVICE_MISSING: 99,
} as const;

/** Name of an error number this package knows. */
export type ErrorCodeName = keyof typeof errorCode;

const codeNames = new Map<number, ErrorCodeName>(
  Object.entries(errorCode).map(([name, code]) => [code, name as ErrorCodeName]),
);

/** What libvirt says about a failure; the fields without a documented meaning are left out of the errors. */
export interface ErrorReport {
  readonly code: number;
  readonly domain: number;
  readonly message: string | null;
  readonly level: number;
  readonly subject: DomainRef | null;
  readonly text1: string | null;
  readonly text2: string | null;
  readonly text3: string | null;
  readonly number1: number;
  readonly number2: number;
  readonly network: NetworkRef | null;
}

/** The payload of a reply or stream packet with status "error". */
export const errorReport: Codec<ErrorReport> = record<ErrorReport>({
  code: int,
  domain: int,
  message: optional(text),
  level: int,
  subject: optional(domainRef),
  text1: optional(text),
  text2: optional(text),
  text3: optional(text),
  number1: int,
  number2: int,
  network: optional(networkRef),
});

/** libvirt refused a call, or tried and failed. */
export class LibvirtError extends Error {
  override readonly name = 'LibvirtError';
  /** Number of virErrorNumber; `codeName` says it in words. */
  readonly code: number;
  /** Its name without `VIR_ERR_`, or the bare number when this package has no name for it. */
  readonly codeName: ErrorCodeName | `${number}`;
  /** The part of libvirt that reports it, a number of virErrorDomain (10 is QEMU, 12 the test driver). */
  readonly domain: number;
  /** 1 for a warning, 2 for an error. */
  readonly level: number;
  /** The call that failed, by its name in the procedure table. */
  readonly procedure: string;

  constructor(procedure: string, report: Pick<ErrorReport, 'code' | 'domain' | 'message' | 'level'>) {
    super(report.message ?? `libvirt gave no message for error ${report.code}`);
    this.procedure = procedure;
    this.code = report.code;
    this.codeName = codeNames.get(report.code) ?? `${report.code}`;
    this.domain = report.domain;
    this.level = report.level;
  }
}

/** Whether `error` is libvirt's answer with one of these codes: `hasErrorCode(error, 'NO_DOMAIN')`. */
export function hasErrorCode(error: unknown, ...names: readonly ErrorCodeName[]): error is LibvirtError {
  return error instanceof LibvirtError && names.some((name) => errorCode[name] === error.code);
}

/**
 * The connection is gone. A call that fails with it may or may not have been carried out, unless `wasSent` is
 * false.
 */
export class ConnectionClosedError extends Error {
  override readonly name = 'ConnectionClosedError';
  readonly wasSent: boolean;

  constructor(message: string, options: { cause?: unknown; wasSent?: boolean } = {}) {
    super(message, { cause: options.cause });
    this.wasSent = options.wasSent ?? true;
  }
}

/** No answer within the deadline. The daemon may still be working on the call, unless `wasSent` is false. */
export class CallTimeoutError extends Error {
  override readonly name = 'CallTimeoutError';
  readonly procedure: string;
  readonly wasSent: boolean;

  constructor(procedure: string, timeoutMs: number, wasSent: boolean) {
    super(
      wasSent
        ? `${procedure}: libvirt gave no answer within ${timeoutMs} ms`
        : `${procedure}: not sent within ${timeoutMs} ms because libvirt has not answered the calls before it`,
    );
    this.procedure = procedure;
    this.wasSent = wasSent;
  }
}

/** No connection came about. */
export class ConnectionFailedError extends Error {
  override readonly name = 'ConnectionFailedError';
  /** The socket's error code (ENOENT, ECONNREFUSED, EACCES ...) where it is the socket that failed. */
  readonly code: string | undefined;

  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  }
}
