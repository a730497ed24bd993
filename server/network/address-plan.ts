import type { Check } from '../platform/validation.ts';
import {
  contains,
  overlaps,
  parseIpv4,
  parseNetwork,
  sizeOf,
  type Ipv4Network,
  type Ipv4Range,
} from './ipv4.ts';

/** A range by its first and last address, with the subnet it lies in. */
export interface PlannedRange {
  cidr: string;
  gateway: string;
  start: string;
  end: string;
}

export interface ParsedRange {
  network: Ipv4Network;
  range: Ipv4Range;
}

/** Names of a planned range's fields in the input it came from. */
export interface RangePaths {
  cidr: string;
  gateway: string;
  start: string;
  end: string;
}

/** A range of another thing that a new one must keep clear of. */
export interface TakenRange extends Ipv4Range {
  /** For the message: `pod rack-2`. */
  name: string;
}

/** Larger ranges are planned as several: every address of a range is a row. */
const largestRange = 2 ** 20;

/** @returns the range in numbers when it breaks no rule; each broken one is noted with its field */
export function checkRange(check: Check, planned: PlannedRange, paths: RangePaths): ParsedRange | undefined {
  const network = parseNetwork(planned.cidr);
  const gateway = parseIpv4(planned.gateway);
  const start = parseIpv4(planned.start);
  const end = parseIpv4(planned.end);
  check.that(
    network !== undefined && network.prefix >= 8 && network.prefix <= 30,
    paths.cidr,
    planned.cidr,
    'must be a network from /8 to /30 without bits beyond its prefix, like 10.1.0.0/16',
  );
  check.that(gateway !== undefined, paths.gateway, planned.gateway, 'must be an IPv4 address');
  check.that(start !== undefined, paths.start, planned.start, 'must be an IPv4 address');
  check.that(end !== undefined, paths.end, planned.end, 'must be an IPv4 address');
  if (network === undefined || gateway === undefined || start === undefined || end === undefined)
    return undefined;

  // The first and last address of a subnet name the network itself and everybody in it.
  const usable = { start: network.start + 1, end: network.end - 1 };
  const inside = `must lie inside ${planned.cidr}, its first and last address excluded`;
  const range = { start, end };
  check.that(contains(usable, { start: gateway, end: gateway }), paths.gateway, planned.gateway, inside);
  check.that(contains(usable, { start, end: start }), paths.start, planned.start, inside);
  check.that(contains(usable, { start: end, end }), paths.end, planned.end, inside);
  check.that(start <= end, paths.end, planned.end, `must not come before ${planned.start}`);
  check.that(
    gateway < start || gateway > end,
    paths.gateway,
    planned.gateway,
    `must lie outside the range ${planned.start} to ${planned.end}`,
  );
  check.that(
    sizeOf(range) <= largestRange,
    paths.end,
    planned.end,
    `the range must have at most ${largestRange} addresses`,
  );
  return check.isFine ? { network, range } : undefined;
}

/** Notes every taken range that a new one overlaps. */
export function checkClearOf(
  check: Check,
  range: Ipv4Range,
  taken: readonly TakenRange[],
  path: string,
  value: string,
): void {
  for (const other of taken) {
    check.that(!overlaps(range, other), path, value, `must not overlap ${other.name}`);
  }
}
