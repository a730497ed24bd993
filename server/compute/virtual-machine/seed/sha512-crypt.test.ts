import { expect, test } from 'vitest';
import { newSalt, sha512Crypt } from './sha512-crypt.ts';

test.for([
  // Of the specification: https://www.akkadia.org/drepper/SHA-crypt.txt
  [
    'Hello world!',
    'saltstring',
    'svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
  ],
  // As `openssl passwd -6` makes them: a short one, and one that is longer than a digest.
  ['a', './9zZ', 'kbXcZ4WHMX65pOJ8VQCQ.JxNu/hg63FN7ybMd38iWIqRnu4aBHdzNAD6HDsXLMmOQ3kvY/Z77eqm9H1EzdmZB0'],
  [
    'Ein längeres Passwort, das über vierundsechzig Bytes hinausgeht, ja wirklich',
    '0123456789abcdef',
    'mynt9m8sBF/gXFckrtli9VpYaEzPOyVPZncd/Xv2Z7lOxZX5rq77tas27.Py6bb16ddSumoBMK9Wt66x.17HW1',
  ],
] as const)('%s is hashed as crypt(3) does', ([password, salt, digest]) => {
  expect(sha512Crypt(password, salt)).toBe(`$6$${salt}$${digest}`);
});

test('salts are of the alphabet, and differ', () => {
  const salts = Array.from({ length: 100 }, newSalt);
  expect(salts.every((salt) => /^[./0-9A-Za-z]{16}$/.test(salt))).toBe(true);
  expect(new Set(salts).size).toBe(100);
});
