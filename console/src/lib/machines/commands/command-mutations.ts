import { graphql } from '../../api/graphql.ts';
import { jobFields } from '../../jobs/fragments.ts';
import { machineFields } from '../fragments.ts';

const startMutation = graphql(
  `
    mutation StartVirtualMachine($input: VirtualMachineInput!) {
      startVirtualMachine(input: $input) {
        job {
          ...JobFields
        }
        virtualMachine {
          ...MachineFields
        }
      }
    }
  `,
  [jobFields, machineFields],
);

export const stopMutation = graphql(
  `
    mutation StopVirtualMachine($input: StopVirtualMachineInput!) {
      stopVirtualMachine(input: $input) {
        job {
          ...JobFields
        }
        virtualMachine {
          ...MachineFields
        }
      }
    }
  `,
  [jobFields, machineFields],
);

const rebootMutation = graphql(
  `
    mutation RebootVirtualMachine($input: VirtualMachineInput!) {
      rebootVirtualMachine(input: $input) {
        job {
          ...JobFields
        }
        virtualMachine {
          ...MachineFields
        }
      }
    }
  `,
  [jobFields, machineFields],
);

const destroyMutation = graphql(
  `
    mutation DestroyVirtualMachine($input: VirtualMachineInput!) {
      destroyVirtualMachine(input: $input) {
        job {
          ...JobFields
        }
        virtualMachine {
          ...MachineFields
        }
      }
    }
  `,
  [jobFields, machineFields],
);

const expungeMutation = graphql(
  `
    mutation ExpungeVirtualMachine($input: VirtualMachineInput!) {
      expungeVirtualMachine(input: $input) {
        job {
          ...JobFields
        }
        virtualMachine {
          ...MachineFields
        }
      }
    }
  `,
  [jobFields, machineFields],
);

const recoverMutation = graphql(
  `
    mutation RecoverVirtualMachine($input: VirtualMachineInput!) {
      recoverVirtualMachine(input: $input) {
        virtualMachine {
          ...MachineFields
        }
      }
    }
  `,
  [machineFields],
);

const detachIsoMutation = graphql(
  `
    mutation DetachIso($input: VirtualMachineInput!) {
      detachIso(input: $input) {
        job {
          ...JobFields
        }
        virtualMachine {
          ...MachineFields
        }
      }
    }
  `,
  [jobFields, machineFields],
);

/** What is done to a machine with no more said than which. */
export const plainMutations = {
  START: startMutation,
  REBOOT: rebootMutation,
  DESTROY: destroyMutation,
  EXPUNGE: expungeMutation,
  RECOVER: recoverMutation,
  DETACH_ISO: detachIsoMutation,
};

export const renameMutation = graphql(
  `
    mutation RenameVirtualMachine($input: RenameVirtualMachineInput!) {
      renameVirtualMachine(input: $input) {
        virtualMachine {
          ...MachineFields
        }
      }
    }
  `,
  [machineFields],
);

export const attachIsoMutation = graphql(
  `
    mutation AttachIso($input: AttachIsoInput!) {
      attachIso(input: $input) {
        job {
          ...JobFields
        }
        virtualMachine {
          ...MachineFields
        }
      }
    }
  `,
  [jobFields, machineFields],
);
