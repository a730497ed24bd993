import { describe, expect, test } from 'vitest';
import { ClientAddresses } from './client-address.ts';

const request = (remoteAddress: string, forwarded?: string | string[]) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as Parameters<ClientAddresses['of']>[0];

describe('without trusted proxies', () => {
  const addresses = new ClientAddresses('');

  test('it is the peer, whatever the header says', () => {
    expect(addresses.of(request('192.0.2.1', '10.0.0.1'))).toBe('192.0.2.1');
  });

  test('an IPv4 peer is never shown in its IPv6 form', () => {
    expect(addresses.of(request('::ffff:192.0.2.1'))).toBe('192.0.2.1');
  });
});

describe('behind trusted proxies', () => {
  const addresses = new ClientAddresses('10.0.0.0/8, 127.0.0.1, fd00::/8');

  test.each([
    ['the one before the proxy', '10.0.0.1', '198.51.100.7', '198.51.100.7'],
    ['not what the client claims of itself', '10.0.0.1', '1.1.1.1, 198.51.100.7', '198.51.100.7'],
    ['before a row of proxies', '10.0.0.1', '198.51.100.7, fd00::2, 10.9.9.9', '198.51.100.7'],
    ['in plain form', '::ffff:10.0.0.1', '::ffff:198.51.100.7', '198.51.100.7'],
    ['an IPv6 address', 'fd00::1', '2001:db8::7', '2001:db8::7'],
    ['the proxy, when it says nothing that is an address', '10.0.0.1', 'unknown', '10.0.0.1'],
    ['the peer, when that is no proxy', '192.0.2.1', '198.51.100.7', '192.0.2.1'],
  ])('it is %s', (_what, peer, forwarded, expected) => {
    expect(addresses.of(request(peer, forwarded))).toBe(expected);
  });

  test('a proxy that says nothing is the client itself', () => {
    expect(addresses.of(request('127.0.0.1'))).toBe('127.0.0.1');
  });
});

test.each(['10.0.0.0/33', 'proxy', '10.0.0.0/8/8', '10.0.0.0/', '::1/129', '10.0.0.0/-1'])(
  '%s is no network',
  (text) => {
    expect(() => new ClientAddresses(text)).toThrow(/NEPHOS_TRUSTED_PROXIES/);
  },
);
