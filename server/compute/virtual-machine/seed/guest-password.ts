import { randomInt } from 'node:crypto';
import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { MachineSpec } from '@nephos/agent-protocol/machine.ts';
import type { Sealing } from '../../../platform/sealing.ts';
import { newSalt, sha512Crypt } from './sha512-crypt.ts';

/** What people do not mistake for each other when they copy it by hand. */
const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const length = 20;

const contextOf = (machineId: Id<'VirtualMachine'>) => `guest password of ${machineId}`;

/** A password that was made for a guest. */
export interface GuestPassword {
  /** For its owner, once; kept nowhere. */
  password: string;
  /** For the row: what the guest is given, sealed. */
  sealedPassword: Buffer;
}

/** A new password for a guest. Its hash is all that anybody but its owner ever has of it. */
export function newGuestPassword(sealing: Sealing, machineId: Id<'VirtualMachine'>): GuestPassword {
  const password = Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
  const hash = sha512Crypt(password, newSalt());
  return { password, sealedPassword: sealing.seal(Buffer.from(hash), contextOf(machineId)) };
}

/** The hash of the password that a guest is still to get. */
export async function findPasswordHash(
  db: Database | Transaction,
  sealing: Sealing,
  machineId: Id<'VirtualMachine'>,
): Promise<string | null> {
  const machine = await db
    .selectFrom('VirtualMachine')
    .select('sealedPassword')
    .where('id', '=', machineId)
    .executeTakeFirst();
  const sealed = machine?.sealedPassword ?? null;
  return sealed === null ? null : sealing.open(sealed, contextOf(machineId)).toString();
}

/** A specification that is about to be sent, with the password that the guest is to get. Jobs do not hold it. */
export async function withPassword(db: Database, sealing: Sealing, spec: MachineSpec): Promise<MachineSpec> {
  if (spec.seed === null) return spec;
  const passwordHash = await findPasswordHash(db, sealing, spec.machineId);
  return { ...spec, seed: { ...spec.seed, passwordHash } };
}

/** The guest was started with its password, which is needed no more. */
export async function forgetPassword(tx: Transaction, machineId: Id<'VirtualMachine'>): Promise<void> {
  await tx
    .updateTable('VirtualMachine')
    .set({ sealedPassword: null })
    .where('id', '=', machineId)
    .where('sealedPassword', 'is not', null)
    .execute();
}
