import { graphql, type ResultOf } from '../../api/graphql.ts';

export const planQuery = graphql(`
  query PlanDeploy($input: DeployVirtualMachineInput!) {
    planDeployVirtualMachine(input: $input) {
      fits
      placement {
        hostCount
        fittingHostCount
        warnings
        refusals {
          reason
          hostCount
        }
      }
      quota {
        scope
        ownerName
        resource
        isSize
        before
        after
        maximum
        fits
      }
      prices {
        currency
        perHour
        perMonth
        parts {
          usageType
          count
          cpuCount
          memory
          size
          perHour
          perMonth
        }
      }
    }
  }
`);

export type Plan = ResultOf<typeof planQuery>['planDeployVirtualMachine'];
export type Refusal = Plan['placement']['refusals'][number]['reason'];
export type PlannedPrice = Plan['prices'][number];
export type QuotaLine = Plan['quota'][number];
