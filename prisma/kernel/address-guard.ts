import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Whether a connection that somebody else named may go to an address: it is public, or private and allowed. */
export function mayConnect(address: string, allowedNetworks: readonly string[]): boolean {
  const parsed = ipaddr.process(address);
  if (parsed.range() === 'unicast') return true;
  return allowedNetworks.some((network) => {
    const [range, prefix] = ipaddr.parseCIDR(network);
    return range.kind() === parsed.kind() && parsed.match(range, prefix);
  });
}

/** Decides where connections may go that somebody else named. */
export interface AddressRule {
  /** Private networks that are allowed all the same. */
  allowedNetworks: readonly string[];
  /** The error for a host, which may be an address itself, at an address that may not be connected to. */
  refuse(host: string, address: string): Error;
}

/** @throws what the rule refuses with, for an address, given as such, that may not be connected to */
export function assertMayConnect(host: string, { allowedNetworks, refuse }: AddressRule): void {
  const literal = host.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(literal) && !mayConnect(literal, allowedNetworks)) throw refuse(literal, literal);
}

/**
 * Resolves names for a connection and leaves out what may not be connected to. It is the connection's own look-up, so
 * that a name cannot answer differently when it is checked and when it is used.
 */
export function guardedLookup({ allowedNetworks, refuse }: AddressRule): LookupFunction {
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) {
        callback(error, '');
        return;
      }
      const allowed = addresses.filter(({ address }) => mayConnect(address, allowedNetworks));
      const [first] = allowed;
      if (first === undefined) callback(refuse(hostname, addresses[0]?.address ?? 'no address'), '');
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
