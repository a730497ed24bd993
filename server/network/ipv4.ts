import ipaddr from 'ipaddr.js';

/** An IPv4 address as a number from 0 to 2^32-1, so that ranges can be compared. */
export type Ipv4 = number;

/** A range of addresses, both ends included. */
export interface Ipv4Range {
  start: Ipv4;
  end: Ipv4;
}

/** A network. */
export interface Ipv4Network extends Ipv4Range {
  prefix: number;
}

/** @returns `undefined` for text that is no IPv4 address in four decimal parts */
export function parseIpv4(text: string): Ipv4 | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined;
  return ipaddr.IPv4.parse(text).octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

/** @returns `undefined` for text that is no network, or whose address has bits beyond its prefix */
export function parseNetwork(text: string): Ipv4Network | undefined {
  const [address = '', length = '', ...rest] = text.split('/');
  const start = parseIpv4(address);
  const prefix = /^\d{1,2}$/.test(length) ? Number(length) : 33;
  if (start === undefined || prefix > 32 || rest.length > 0) return undefined;
  const size = 2 ** (32 - prefix);
  return start % size === 0 ? { start, end: start + size - 1, prefix } : undefined;
}

export function formatIpv4(address: Ipv4): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

export function overlaps(a: Ipv4Range, b: Ipv4Range): boolean {
  return a.start <= b.end && b.start <= a.end;
}

export function contains(outer: Ipv4Range, inner: Ipv4Range): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

export function sizeOf({ start, end }: Ipv4Range): number {
  return end - start + 1;
}
