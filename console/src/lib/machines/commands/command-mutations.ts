import { graphql } from '../../api/graphql.ts';
import { jobFields } from '../../jobs/fragments.ts';
import { machineFields } from '../fragments.ts';

const startMutation = graphql(
  `
    mutation StartVirtualMachine($input: StartVirtualMachineInput!) {
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

export const rebootMutation = graphql(
  `
    mutation RebootVirtualMachine($input: RebootVirtualMachineInput!) {
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

const suspendMutation = graphql(
  `
    mutation SuspendVirtualMachine($input: VirtualMachineInput!) {
      suspendVirtualMachine(input: $input) {
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

const resumeMutation = graphql(
  `
    mutation ResumeVirtualMachine($input: VirtualMachineInput!) {
      resumeVirtualMachine(input: $input) {
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
  SUSPEND: suspendMutation,
  RESUME: resumeMutation,
  DESTROY: destroyMutation,
  EXPUNGE: expungeMutation,
  RECOVER: recoverMutation,
  DETACH_ISO: detachIsoMutation,
};

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

export const migrateMutation = graphql(
  `
    mutation MigrateVirtualMachine($input: MigrateVirtualMachineInput!) {
      migrateVirtualMachine(input: $input) {
        virtualMachine {
          ...MachineFields
        }
      }
    }
  `,
  [machineFields],
);

/** Where a machine could go, and what stands in the way of each host. */
export const planMigrateQuery = graphql(`
  query PlanMigrate($id: ID!) {
    planMigrateVirtualMachine(id: $id) {
      hosts(first: 100) {
        nodes {
          name
          fits
          host {
            id
          }
          reasons {
            reason
            message
          }
        }
      }
    }
  }
`);
