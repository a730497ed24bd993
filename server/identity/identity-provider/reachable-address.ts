import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { PlatformError } from '../../platform/errors.ts';

/** The host of a URL as a socket wants it: without the brackets of IPv6. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** Whether what is said to this host never leaves this machine. */
export function isLoopback(url: URL): boolean {
  const host = hostOf(url);
  return host === 'localhost' || (ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback');
}

function isPublic(address: string): boolean {
  return ipaddr.process(address).range() === 'unicast';
}

/** Whether a URL names a private address outright; names are looked up by {@link assertReachable}. */
export function isPrivateLiteral(url: URL): boolean {
  const host = hostOf(url);
  return host === 'localhost' || (ipaddr.isValid(host) && !isPublic(host));
}

/**
 * Keeps the servers' own network closed to providers that tenants set up.
 * @throws PlatformError FORBIDDEN for a host with a private address, unless it may be inside
 */
export async function assertReachable(url: URL, mayBeInside: boolean): Promise<void> {
  if (mayBeInside) return;
  const addresses = await lookup(hostOf(url), { all: true });
  if (addresses.every(({ address }) => isPublic(address))) return;
  throw new PlatformError('FORBIDDEN', `${url.host} has a private address`, {
    details: { host: url.host },
    remedy: 'have a root administrator set up providers inside the network',
  });
}
