import {
  type Carried,
  type Codec,
  decodeWhole,
  kibibytes,
  named,
  prefixed,
  readOnly,
  record,
  text,
} from './codec.ts';
import { blockJobTypes } from './constants.ts';
import { type DomainRef, domainRef } from './references.ts';
import { type TypedValues, typedValues } from './typed-parameters.ts';
import type { XdrDecoder } from './xdr.ts';

/** virDomainEventType with the details of each (virDomainEventDefinedDetailType and its siblings). */
export const lifecycleDetails = {
  DEFINED: ['ADDED', 'UPDATED', 'RENAMED', 'FROM_SNAPSHOT'],
  UNDEFINED: ['REMOVED', 'RENAMED'],
  STARTED: ['BOOTED', 'MIGRATED', 'RESTORED', 'FROM_SNAPSHOT', 'WAKEUP'],
  SUSPENDED: [
    'PAUSED',
    'MIGRATED',
    'IOERROR',
    'WATCHDOG',
    'RESTORED',
    'FROM_SNAPSHOT',
    'API_ERROR',
    'POSTCOPY',
    'POSTCOPY_FAILED',
  ],
  RESUMED: ['UNPAUSED', 'MIGRATED', 'FROM_SNAPSHOT', 'POSTCOPY', 'POSTCOPY_FAILED'],
  STOPPED: ['SHUTDOWN', 'DESTROYED', 'CRASHED', 'MIGRATED', 'SAVED', 'FAILED', 'FROM_SNAPSHOT'],
  SHUTDOWN: ['FINISHED', 'GUEST', 'HOST'],
  PMSUSPENDED: ['MEMORY', 'DISK'],
  CRASHED: ['PANICKED', 'CRASHLOADED'],
} as const;

type Changes = typeof lifecycleDetails;

/** What happened to a domain, and why. STOPPED is the end of the instance, SHUTDOWN only the guest's own end. */
export type LifecycleChange =
  | {
      [C in keyof Changes]: { readonly change: C; readonly detail: Changes[C][number] | 'UNKNOWN' };
    }[keyof Changes]
  | { readonly change: 'UNKNOWN'; readonly detail: 'UNKNOWN' };

const changeNames = Object.keys(lifecycleDetails) as (keyof Changes)[];

const lifecycle: Codec<{ readonly domain: DomainRef } & LifecycleChange> = readOnly((from) => {
  const domain = domainRef.read(from);
  const change = changeNames[from.int()];
  const detail = from.int();
  if (change === undefined) return { domain, change: 'UNKNOWN', detail: 'UNKNOWN' };
  return { domain, change, detail: lifecycleDetails[change][detail] ?? 'UNKNOWN' } as {
    domain: DomainRef;
  } & LifecycleChange;
});

interface EventKind<T> {
  /** virDomainEventID. */
  readonly id: number;
  /** Number of the message in the remote protocol. */
  readonly message: number;
  readonly codec: Codec<T>;
}

function kind<T extends { readonly domain: DomainRef }>(
  id: number,
  message: number,
  codec: Codec<T>,
): EventKind<T> {
  // Every message begins with the number of the registration it answers.
  return { id, message, codec: prefixed(0, codec) };
}

const device = record<{
  readonly domain: DomainRef;
  /** Alias of the device in the domain's XML. */
  readonly alias: string;
}>({ domain: domainRef, alias: text });

const watchdogActions = ['NONE', 'PAUSE', 'RESET', 'POWEROFF', 'SHUTDOWN', 'DEBUG', 'INJECTNMI'] as const;

/** The kinds of events, their numbers, and what each carries. */
export const eventKinds = {
  LIFECYCLE: kind(0, 318, lifecycle),
  REBOOT: kind(1, 319, record<{ readonly domain: DomainRef }>({ domain: domainRef })),
  WATCHDOG: kind(
    3,
    321,
    record<{ readonly domain: DomainRef; readonly action: (typeof watchdogActions)[number] | 'UNKNOWN' }>({
      domain: domainRef,
      action: named(watchdogActions),
    }),
  ),
  IO_ERROR: kind(
    6,
    324,
    record<{
      readonly domain: DomainRef;
      readonly path: string;
      readonly alias: string;
      readonly action: 'NONE' | 'PAUSE' | 'REPORT' | 'UNKNOWN';
      /** `enospc` when the storage is full, else empty. */
      readonly reason: string;
    }>({
      domain: domainRef,
      path: text,
      alias: text,
      action: named(['NONE', 'PAUSE', 'REPORT']),
      reason: text,
    }),
  ),
  BLOCK_JOB: kind(
    16,
    339,
    record<{
      readonly domain: DomainRef;
      /** The disk's name in the guest, `vda`. */
      readonly disk: string;
      readonly type: (typeof blockJobTypes)[number] | 'UNKNOWN';
      /** READY: a copy or active commit has caught up and can be pivoted. */
      readonly status: 'COMPLETED' | 'FAILED' | 'CANCELED' | 'READY' | 'UNKNOWN';
    }>({
      domain: domainRef,
      disk: text,
      type: named(blockJobTypes),
      status: named(['COMPLETED', 'FAILED', 'CANCELED', 'READY']),
    }),
  ),
  TRAY_CHANGE: kind(
    10,
    328,
    record<{
      readonly domain: DomainRef;
      readonly alias: string;
      readonly tray: 'OPEN' | 'CLOSE' | 'UNKNOWN';
    }>({
      domain: domainRef,
      alias: text,
      tray: named(['OPEN', 'CLOSE']),
    }),
  ),
  BALLOON_CHANGE: kind(
    13,
    331,
    record<{
      readonly domain: DomainRef;
      /** The guest's memory now, in bytes. */
      readonly memory: bigint;
    }>({ domain: domainRef, memory: kibibytes }),
  ),
  DEVICE_REMOVED: kind(15, 333, device),
  DEVICE_ADDED: kind(19, 354, device),
  DEVICE_REMOVAL_FAILED: kind(22, 367, device),
  AGENT_LIFECYCLE: kind(
    18,
    348,
    record<{
      readonly domain: DomainRef;
      /** Of the guest agent. */
      readonly state: 'CONNECTED' | 'DISCONNECTED' | 'UNKNOWN';
      readonly reason: 'UNKNOWN' | 'DOMAIN_STARTED' | 'CHANNEL';
    }>({
      domain: domainRef,
      state: named(['UNKNOWN', 'CONNECTED', 'DISCONNECTED']),
      reason: named(['UNKNOWN', 'DOMAIN_STARTED', 'CHANNEL']),
    }),
  ),
  JOB_COMPLETED: kind(
    21,
    363,
    record<{
      readonly domain: DomainRef;
      /** As in `JobStatistics`. */
      readonly values: TypedValues;
    }>({ domain: domainRef, values: typedValues(64) }),
  ),
} as const;

/** Name of a kind of events. */
export type DomainEventKind = keyof typeof eventKinds;

/** Something that happened to a domain, told apart by `kind`. */
export type DomainEvent<K extends DomainEventKind = DomainEventKind> = {
  [Kind in K]: { readonly kind: Kind } & Carried<(typeof eventKinds)[Kind]['codec']>;
}[K];

const kindByMessage = new Map<number, DomainEventKind>(
  Object.entries(eventKinds).map(([name, { message }]) => [message, name as DomainEventKind]),
);

/** The event that a message of this number carries, or undefined if it is none of these kinds. Throws XdrError. */
export function decodeEvent(message: number, payload: XdrDecoder): DomainEvent | undefined {
  const name = kindByMessage.get(message);
  if (name === undefined) return undefined;
  const codec = eventKinds[name].codec as Codec<object>;
  return { kind: name, ...decodeWhole(codec, payload, `${name} event`) } as DomainEvent;
}
