import type { Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Sealing } from '../../platform/sealing.ts';

const placeOf = (id: Id<'IdentityProvider'>) => `identityProvider ${id}`;

/** A provider's secret as it lies in the database; an empty one is none. */
export function sealSecret(sealing: Sealing, id: Id<'IdentityProvider'>, secret: string): Buffer | null {
  return secret === '' ? null : sealing.seal(Buffer.from(secret), placeOf(id));
}

/** A provider's secret; empty where it has none. */
export function openSecret(sealing: Sealing, { id, secret }: Row<'IdentityProvider'>): string {
  return secret === null ? '' : sealing.open(secret, placeOf(id)).toString();
}
