import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import { isId, uuidOf, type Id } from '@nephos/model/kernel/ids.ts';
import { domainByUuid } from '@nephos/node-libvirt/domain.ts';
import { LibvirtError } from '@nephos/node-libvirt/errors.ts';
import type { DomainRef } from '@nephos/node-libvirt/references.ts';

/** Machines of ours are called by their id; `undefined` for somebody else's. */
export const machineIdOf = ({ name }: DomainRef): Id<'VirtualMachine'> | undefined =>
  isId('VirtualMachine', name) ? name : undefined;

/** The domain of a machine, whether there is one or not. */
export const refTo = (machineId: Id<'VirtualMachine'>): DomainRef => domainByUuid(uuidOf(machineId));

/** libvirt's refusals in our terms; what is none of its own passes. */
export function explained(error: unknown): unknown {
  if (!(error instanceof LibvirtError)) return error;
  const details = { libvirtCode: error.codeName, procedure: error.procedure };
  return new CommandFailure('HYPERVISOR_ERROR', error.message, { cause: error, details });
}
