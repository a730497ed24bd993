import { graphql } from '../../api/graphql.ts';
import { jobFields } from '../../jobs/fragments.ts';
import { machineFields } from '../fragments.ts';

export const updateMachineMutation = graphql(
  `
    mutation UpdateVirtualMachine($input: UpdateVirtualMachineInput!) {
      updateVirtualMachine(input: $input) {
        virtualMachine {
          ...MachineFields
        }
      }
    }
  `,
  [machineFields],
);

export const scaleMutation = graphql(
  `
    mutation ScaleVirtualMachine($input: ScaleVirtualMachineInput!) {
      scaleVirtualMachine(input: $input) {
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

export const reinstallMutation = graphql(
  `
    mutation ReinstallVirtualMachine($input: ReinstallVirtualMachineInput!) {
      reinstallVirtualMachine(input: $input) {
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

export const resetPasswordMutation = graphql(
  `
    mutation ResetVirtualMachinePassword($input: ResetVirtualMachinePasswordInput!) {
      resetVirtualMachinePassword(input: $input) {
        job {
          ...JobFields
        }
        virtualMachine {
          ...MachineFields
        }
        password
      }
    }
  `,
  [jobFields, machineFields],
);

export const resetKeysMutation = graphql(
  `
    mutation ResetVirtualMachineSshKeys($input: ResetVirtualMachineSshKeysInput!) {
      resetVirtualMachineSshKeys(input: $input) {
        virtualMachine {
          ...MachineFields
          sshPublicKeys
        }
      }
    }
  `,
  [machineFields],
);

export const updateAffinityMutation = graphql(
  `
    mutation UpdateVirtualMachineAffinity($input: UpdateVirtualMachineAffinityInput!) {
      updateVirtualMachineAffinity(input: $input) {
        virtualMachine {
          ...MachineFields
          affinityGroups {
            id
            name
          }
        }
      }
    }
  `,
  [machineFields],
);

export const assignMutation = graphql(
  `
    mutation AssignVirtualMachine($input: AssignVirtualMachineInput!) {
      assignVirtualMachine(input: $input) {
        virtualMachine {
          ...MachineFields
        }
      }
    }
  `,
  [machineFields],
);
