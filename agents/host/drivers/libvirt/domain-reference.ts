import type { PowerState } from '@nephos/agent-protocol/machine.ts';
import { CommandFailure, OutcomeUnknown } from '@nephos/agent-runtime/command-failure.ts';
import { uuidOf, type Id } from '@nephos/model/kernel/ids.ts';
import { domainByUuid } from '@nephos/node-libvirt/domain.ts';
import { ConnectionClosedError, LibvirtError } from '@nephos/node-libvirt/errors.ts';
import type { DomainRef } from '@nephos/node-libvirt/references.ts';

/** What a domain is called in its own definition: the first name in it. */
export const nameIn = (xml: string) => /<name>([^<]*)<\/name>/.exec(xml)?.[1] ?? '';

/** Power by the name of a domain's state. */
export function powerOf(state: string): PowerState {
  switch (state) {
    case 'RUNNING':
    case 'BLOCKED':
    case 'SHUTDOWN':
      return 'ON';
    case 'PAUSED':
    case 'PMSUSPENDED':
      return 'PAUSED';
    default:
      return 'OFF';
  }
}

/** The domain of a machine, whether there is one or not. */
export const refTo = (machineId: Id<'VirtualMachine'>): DomainRef => domainByUuid(uuidOf(machineId));

/** libvirt's refusals in our terms; what is none of its own passes. */
export function explained(error: unknown): unknown {
  if (error instanceof ConnectionClosedError)
    return new OutcomeUnknown(`libvirt went away: ${error.message}`, { cause: error });
  if (!(error instanceof LibvirtError)) return error;
  const details = { libvirtCode: error.codeName, procedure: error.procedure };
  return new CommandFailure('HYPERVISOR_ERROR', error.message, { cause: error, details });
}
