import type { MachineSeed } from '@nephos/agent-protocol/machine.ts';
import type { MachineRow } from '../store.ts';

/**
 * What a guest's cloud-init is given at its next start, but for the password: see `withPassword`. Nothing of version 0:
 * a guest that was set up elsewhere would take it for its first start.
 */
export function seedOf({
  seedVersion,
  sshPublicKeys,
  userData,
}: Pick<MachineRow, 'seedVersion' | 'sshPublicKeys' | 'userData'>): MachineSeed | null {
  if (seedVersion === 0) return null;
  return {
    version: seedVersion,
    publicKeys: sshPublicKeys,
    userData: userData === null ? null : userData.toString(),
    passwordHash: null,
  };
}
