import { describe, expect, test } from 'vitest';
import { isAllowedFrom, isNetworkWithin, normalNetwork } from './allowed-networks.ts';

describe('networks are kept without bits beyond their prefix', () => {
  test.each([
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['10.1.2.3', '10.1.2.3/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8::5/32', '2001:db8::/32'],
    ['::1', '::1/128'],
    ['::ffff:10.1.2.3/104', '10.0.0.0/8'],
  ])('%s is %s', (text, kept) => {
    expect(normalNetwork(text)).toBe(kept);
  });

  test.each([
    '',
    '10.1/8',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '0x0a.0.0.1',
    'fe80::1%eth0',
    '::/129',
    'a',
    '10.0.0.0/8/8',
  ])('%j is none', (text) => {
    expect(normalNetwork(text)).toBeUndefined();
  });
});

test.each([
  ['10.9.9.9', ['10.0.0.0/8'], true],
  ['::ffff:10.9.9.9', ['10.0.0.0/8'], true],
  ['11.0.0.1', ['10.0.0.0/8'], false],
  ['2001:db8::7', ['10.0.0.0/8', '2001:db8::/32'], true],
  ['::1', ['127.0.0.0/8'], false],
  ['', ['0.0.0.0/0'], false],
  ['anywhere', [], true],
])('from %s with %j: %s', (address, networks, isAllowed) => {
  expect(isAllowedFrom(address, networks)).toBe(isAllowed);
});

test('a network lies inside another of its kind that is as wide or wider', () => {
  expect(isNetworkWithin('10.1.0.0/16', '10.0.0.0/8')).toBe(true);
  expect(isNetworkWithin('10.0.0.0/8', '10.0.0.0/8')).toBe(true);
  expect(isNetworkWithin('10.0.0.0/7', '10.0.0.0/8')).toBe(false);
  expect(isNetworkWithin('11.0.0.0/16', '10.0.0.0/8')).toBe(false);
  expect(isNetworkWithin('::1/128', '0.0.0.0/0')).toBe(false);
});
