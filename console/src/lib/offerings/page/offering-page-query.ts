import { graphql, type ResultOf } from '../../api/graphql.ts';
import { diskOfferingFields, serviceOfferingFields } from '../fragments.ts';

export const offeringPageQuery = graphql(
  `
    query OfferingPage($id: ID!) {
      node(id: $id) {
        __typename
        id
        ...ServiceOfferingFields
        ...DiskOfferingFields
      }
    }
  `,
  [diskOfferingFields, serviceOfferingFields],
);

export type OfferingDetails = Extract<
  NonNullable<ResultOf<typeof offeringPageQuery>['node']>,
  { __typename: 'ServiceOffering' | 'DiskOffering' }
>;
