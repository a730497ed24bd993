import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A client's address; IPv4 that came in over an IPv6 socket (`::ffff:10.0.0.1`) is IPv4. */
function parseAddress(text: string): Address | undefined {
  if (text.includes('%')) return undefined;
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.process(text);
}

function parseNetwork(text: string): [Address, number] | undefined {
  const [addressText = '', prefixText, ...rest] = text.split('/');
  const given = parseAddress(addressText);
  if (given === undefined || rest.length > 0) return undefined;
  const bits = given.kind() === 'ipv4' ? 32 : 128;
  // Written as IPv6 but IPv4 all the same: its prefix counts from the beginning of the IPv6 address.
  const skipped = given.kind() === 'ipv4' && addressText.includes(':') ? 96 : 0;
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return undefined;
  const prefix = prefixText === undefined ? bits : Number(prefixText) - skipped;
  return prefix >= 0 && prefix <= bits ? [given, prefix] : undefined;
}

function isWithin(address: Address, [network, prefix]: [Address, number]): boolean {
  return address.kind() === network.kind() && (address as ipaddr.IPv4).match(network, prefix);
}

/**
 * A network as it is kept: address and prefix, without bits beyond the prefix. An address alone is a network of one.
 * @returns `undefined` for text that is no IPv4 or IPv6 network
 */
export function normalNetwork(text: string): string | undefined {
  const parsed = parseNetwork(text);
  if (parsed === undefined) return undefined;
  const [address, prefix] = parsed;
  const cidr = `${address.toString()}/${prefix}`;
  const network =
    address.kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(cidr)
      : ipaddr.IPv6.networkAddressFromCIDR(cidr);
  return `${network.toString()}/${prefix}`;
}

/** Whether a client may come from an address; without networks from any. */
export function isAllowedFrom(address: string, networks: readonly string[]): boolean {
  if (networks.length === 0) return true;
  const from = parseAddress(address);
  return from !== undefined && networks.some((each) => lies(from, each));
}

function lies(address: Address, network: string): boolean {
  const parsed = parseNetwork(network);
  return parsed !== undefined && isWithin(address, parsed);
}

/** Whether a network lies inside another. */
export function isNetworkWithin(inner: string, outer: string): boolean {
  const [innerParsed, outerParsed] = [parseNetwork(inner), parseNetwork(outer)];
  if (innerParsed === undefined || outerParsed === undefined) return false;
  return innerParsed[1] >= outerParsed[1] && isWithin(innerParsed[0], outerParsed);
}
