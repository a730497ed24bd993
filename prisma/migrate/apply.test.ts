import { expect, test } from 'vitest';
import { OldPostgresError, refuseOldPostgres } from './apply.ts';

test('a PostgreSQL that is too old is named with its version', () => {
  expect(() => refuseOldPostgres(140_011)).toThrow(
    new OldPostgresError('DATABASE_URL leads to PostgreSQL 14.11; Nephos needs 15 or newer'),
  );
});

test.each([150_000, 180_002])('version number %i is taken', (versionNumber) => {
  expect(() => refuseOldPostgres(versionNumber)).not.toThrow();
});
