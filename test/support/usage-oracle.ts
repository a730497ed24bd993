import { isDeepStrictEqual } from 'node:util';

/** A usage event as far as summing up needs to know it, in the order in which it became known. */
export interface KnownEvent {
  kind: keyof typeof meanings;
  /** Milliseconds of Unix time. */
  at: number;
  resourceId: string;
  zone: string;
  owner: string;
  size: string;
  /** Of what is counted. */
  quantity: number;
}

/** What events mean, written down a second time: CloudStack's number of the use, and whether it is on afterwards. */
const meanings = {
  VM_CREATE: [2, true],
  VM_SCALE: [2, true],
  VM_ASSIGN: [2, true],
  VM_EXPUNGE: [2, false],
  VM_START: [1, true],
  VM_SCALE_LIVE: [1, true],
  VM_STOP: [1, false],
  VOLUME_CREATE: [6, true],
  VOLUME_ASSIGN: [6, true],
  VOLUME_DELETE: [6, false],
  VM_SNAPSHOT_CREATE: [25, true],
  VM_SNAPSHOT_DELETE: [25, false],
  TEMPLATE_CREATE: [7, true],
  TEMPLATE_DELETE: [7, false],
  VM_SNAPSHOT_ON_PRIMARY: [27, true],
  VM_SNAPSHOT_OFF_PRIMARY: [27, false],
  IP_ADDRESS_TAKE: [3, true],
  IP_ADDRESS_ASSIGN: [3, true],
  IP_ADDRESS_RELEASE: [3, false],
  NETWORK_BYTES_SENT: [4, 'counted'],
  VM_DISK_IO_READ: [21, 'counted'],
} as const;

export type KnownKind = keyof typeof meanings;

export const isCounted = (kind: KnownKind) => meanings[kind][1] === 'counted';

/** How much was used by whom, in a period: `period type resource zone owner size` to milliseconds or counts, without zeros. */
export type Usage = Map<string, bigint>;

const add = (usage: Usage, key: string, quantity: bigint) =>
  usage.set(key, (usage.get(key) ?? 0n) + quantity);

/**
 * The exact integral of what was on over each of these periods, walked through event by event, use by use: as simple and
 * as slow as it can be.
 */
export function integrate(
  events: readonly KnownEvent[],
  periods: readonly { from: number; until: number }[],
): Usage {
  const usage: Usage = new Map();
  for (const use of usesOf(events)) {
    const own = events.filter((event) => isDeepStrictEqual(useOf(event), use));
    for (const { from, until } of periods) {
      const key = ({ owner, size }: KnownEvent) =>
        [new Date(from).toISOString(), ...use, owner, size].join(' ');
      for (const event of own.filter(({ kind, at }) => isCounted(kind) && at >= from && at < until))
        add(usage, key(event), BigInt(event.quantity));
      // Stable: of events of one moment, what became known first happened first.
      const inOrder = own.filter(({ kind }) => !isCounted(kind)).sort((one, other) => one.at - other.at);
      for (const [index, event] of inOrder.entries()) {
        if (meanings[event.kind][1] !== true) continue;
        const ends = inOrder[index + 1]?.at ?? Infinity;
        const length = Math.min(ends, until) - Math.max(event.at, from);
        if (length > 0) add(usage, key(event), BigInt(length));
      }
    }
  }
  return new Map([...usage].filter(([, quantity]) => quantity !== 0n));
}

/** What goes on at a moment: `type resource zone owner size`, in order. */
export function goingOn(events: readonly KnownEvent[], moment: number): string[] {
  return usesOf(events)
    .flatMap((use) => {
      const last = events
        .filter((event) => isDeepStrictEqual(useOf(event), use) && event.at < moment)
        .sort((one, other) => one.at - other.at)
        .at(-1);
      if (last === undefined || meanings[last.kind][1] !== true) return [];
      return [[...use, last.owner, last.size].join(' ')];
    })
    .sort();
}

type Use = readonly [type: number, resourceId: string, zone: string];

const useOf = ({ kind, resourceId, zone }: KnownEvent): Use => [meanings[kind][0], resourceId, zone];

function usesOf(events: readonly KnownEvent[]): Use[] {
  const uses = events.map(useOf);
  return uses.filter((use, index) => uses.findIndex((other) => isDeepStrictEqual(use, other)) === index);
}
