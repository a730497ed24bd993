import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import ipaddr from 'ipaddr.js';

/** Whether a download may connect to an address: it is public, or private and allowed. */
export function mayConnect(address: string, allowedNetworks: readonly string[]): boolean {
  const parsed = ipaddr.process(address);
  if (parsed.range() === 'unicast') return true;
  return allowedNetworks.some((network) => {
    const [range, prefix] = ipaddr.parseCIDR(network);
    return range.kind() === parsed.kind() && parsed.match(range, prefix);
  });
}

function forbidden(host: string, address: string): CommandFailure {
  const what = host === address ? address : `${host} (${address})`;
  return new CommandFailure(
    'FORBIDDEN_ADDRESS',
    `${what} is a private address that secstorage.allowed.internal.sites does not allow`,
    { details: { address } },
  );
}

/** @throws CommandFailure FORBIDDEN_ADDRESS for an address, given as such, that may not be connected to */
export function assertMayConnect(host: string, allowedNetworks: readonly string[]): void {
  const literal = host.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(literal) && !mayConnect(literal, allowedNetworks)) throw forbidden(literal, literal);
}

/**
 * Resolves names for a connection and leaves out what may not be connected to. It is the connection's own look-up, so
 * that a name cannot answer differently when it is checked and when it is used.
 */
export function guardedLookup(allowedNetworks: readonly string[]): LookupFunction {
  return (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) {
        callback(error, '');
        return;
      }
      const allowed = addresses.filter(({ address }) => mayConnect(address, allowedNetworks));
      const [first] = allowed;
      if (first === undefined) callback(forbidden(hostname, addresses[0]?.address ?? 'no address'), '');
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
