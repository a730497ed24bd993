import { graphql, type ResultOf } from '../../api/graphql.ts';
import { isoFields, templateFields } from '../../images/fragments.ts';
import { jobFields } from '../../jobs/fragments.ts';
import { machineFields } from '../fragments.ts';

/** What a new machine can be made of in a zone. */
export const choicesQuery = graphql(
  `
    query Choices($zoneId: ID!) {
      templates(first: 200, filter: { zoneId: $zoneId }, orderBy: { field: NAME, direction: ASC }) {
        nodes {
          ...TemplateFields
        }
      }
      isos(first: 200, filter: { zoneId: $zoneId }, orderBy: { field: NAME, direction: ASC }) {
        nodes {
          ...IsoFields
        }
      }
      serviceOfferings(first: 200, orderBy: { field: MEMORY, direction: ASC }) {
        nodes {
          id
          name
          displayText
          cpuCount
          cpuMhz
          memory
          maxCpuCount
          maxMemory
          rootDiskSize
        }
      }
      diskOfferings(first: 200, orderBy: { field: CREATED_AT, direction: ASC }) {
        nodes {
          id
          name
          displayText
          size
        }
      }
    }
  `,
  [isoFields, templateFields],
);

export type Choices = ResultOf<typeof choicesQuery>;

export const deployMutation = graphql(
  `
    mutation DeployVirtualMachine($input: DeployVirtualMachineInput!) {
      deployVirtualMachine(input: $input) {
        job {
          ...JobFields
        }
        virtualMachine {
          ...MachineFields
        }
        virtualMachines {
          id
          name
        }
        passwords {
          virtualMachineId
          password
        }
      }
    }
  `,
  [jobFields, machineFields],
);
