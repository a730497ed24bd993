import { graphql, type ResultOf } from '../api/graphql.ts';

export const limitsQuery = graphql(`
  query Limits($ownerId: ID!) {
    resourceLimits(ownerId: $ownerId) {
      ownerId
      resource
      isSize
      maximum
      used
      isDefault
      version
    }
  }
`);

export const updateLimitMutation = graphql(`
  mutation UpdateLimit($input: UpdateResourceLimitInput!) {
    updateResourceLimit(input: $input) {
      resourceLimit {
        ownerId
        resource
        isSize
        maximum
        used
        isDefault
        version
      }
    }
  }
`);

export type Limit = ResultOf<typeof limitsQuery>['resourceLimits'][number];
export type LimitedResource = Limit['resource'];
