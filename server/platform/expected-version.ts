import { PlatformError } from './errors.ts';

/** Input that may say which version of a thing the caller saw. */
export interface ExpectsVersion {
  expectedVersion?: number | null | undefined;
}

/** Somebody changed the thing since the caller looked at it. */
export function versionConflict(name: string, expected: number, current: number): PlatformError {
  return new PlatformError(
    'VERSION_CONFLICT',
    `${name} was changed meanwhile: it is at version ${current}, not ${expected}`,
    {
      details: { expectedVersion: expected, currentVersion: current },
      remedy: 'look at it again, then repeat',
    },
  );
}

/** @throws PlatformError VERSION_CONFLICT when the caller saw another version */
export function assertVersion(
  name: string,
  row: { version: number },
  { expectedVersion }: ExpectsVersion,
): void {
  if (expectedVersion != null && expectedVersion !== row.version)
    throw versionConflict(name, expectedVersion, row.version);
}
