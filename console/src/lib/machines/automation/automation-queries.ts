import { graphql, type ResultOf } from '../../api/graphql.ts';

export const automationQuery = graphql(`
  query MachineAutomation($id: ID!) {
    virtualMachine(id: $id) {
      id
      version
      lease {
        expiresAt
        action
        warnedAt
      }
    }
    virtualMachineSchedules(first: 50, filter: { virtualMachineId: $id }) {
      nodes {
        id
        description
        action
        cron
        timeZone
        keep
        isEnabled
        nextRunAt
        lastRunAt
        lastSkipReason
        version
      }
    }
  }
`);

type Automation = ResultOf<typeof automationQuery>;
export type Schedule = Automation['virtualMachineSchedules']['nodes'][number];
export type LeasedMachine = NonNullable<Automation['virtualMachine']>;
export type Lease = NonNullable<LeasedMachine['lease']>;

export const createScheduleMutation = graphql(`
  mutation CreateVirtualMachineSchedule($input: CreateVirtualMachineScheduleInput!) {
    createVirtualMachineSchedule(input: $input) {
      schedule {
        id
      }
    }
  }
`);

export const updateScheduleMutation = graphql(`
  mutation UpdateVirtualMachineSchedule($input: UpdateVirtualMachineScheduleInput!) {
    updateVirtualMachineSchedule(input: $input) {
      schedule {
        id
        isEnabled
        nextRunAt
        version
      }
    }
  }
`);

export const deleteScheduleMutation = graphql(`
  mutation DeleteVirtualMachineSchedule($input: DeleteVirtualMachineScheduleInput!) {
    deleteVirtualMachineSchedule(input: $input) {
      scheduleId
    }
  }
`);

export const setLeaseMutation = graphql(`
  mutation SetVirtualMachineLease($input: SetVirtualMachineLeaseInput!) {
    setVirtualMachineLease(input: $input) {
      virtualMachine {
        id
        version
        lease {
          expiresAt
          action
          warnedAt
        }
      }
    }
  }
`);
