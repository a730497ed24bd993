import { PlatformError } from '../../platform/errors.ts';
import type { MachineRow } from './store.ts';

/** @throws PlatformError INVALID_STATE for a machine that is protected against deletion */
export function assertUnprotected({ id, name, isDeleteProtected }: MachineRow): void {
  if (!isDeleteProtected) return;
  throw new PlatformError('INVALID_STATE', `${name} is protected against deletion`, {
    details: { id, isDeleteProtected },
    remedy: 'take its protection away first, with updateVirtualMachine',
  });
}
