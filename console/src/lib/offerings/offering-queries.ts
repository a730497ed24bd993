import { graphql } from '../api/graphql.ts';
import { diskOfferingFields, serviceOfferingFields } from './fragments.ts';

export const serviceOfferingsQuery = graphql(
  `
    query ServiceOfferingList(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $filter: ServiceOfferingFilter
      $orderBy: ServiceOfferingOrder
    ) {
      serviceOfferings(
        first: $first
        after: $after
        last: $last
        before: $before
        search: $search
        filter: $filter
        orderBy: $orderBy
      ) {
        nodes {
          ...ServiceOfferingFields
        }
        totalCount
        isTotalEstimated
        startPosition
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
  `,
  [serviceOfferingFields],
);

export const diskOfferingsQuery = graphql(
  `
    query DiskOfferingList(
      $first: Int
      $after: Cursor
      $last: Int
      $before: Cursor
      $search: String
      $filter: DiskOfferingFilter
      $orderBy: DiskOfferingOrder
    ) {
      diskOfferings(
        first: $first
        after: $after
        last: $last
        before: $before
        search: $search
        filter: $filter
        orderBy: $orderBy
      ) {
        nodes {
          ...DiskOfferingFields
        }
        totalCount
        isTotalEstimated
        startPosition
        pageInfo {
          hasNextPage
          hasPreviousPage
          startCursor
          endCursor
        }
      }
    }
  `,
  [diskOfferingFields],
);

export const createServiceOfferingMutation = graphql(
  `
    mutation CreateServiceOffering($input: CreateServiceOfferingInput!) {
      createServiceOffering(input: $input) {
        serviceOffering {
          ...ServiceOfferingFields
        }
      }
    }
  `,
  [serviceOfferingFields],
);

export const updateServiceOfferingMutation = graphql(
  `
    mutation UpdateServiceOffering($input: UpdateServiceOfferingInput!) {
      updateServiceOffering(input: $input) {
        serviceOffering {
          ...ServiceOfferingFields
        }
      }
    }
  `,
  [serviceOfferingFields],
);

export const createDiskOfferingMutation = graphql(
  `
    mutation CreateDiskOffering($input: CreateDiskOfferingInput!) {
      createDiskOffering(input: $input) {
        diskOffering {
          ...DiskOfferingFields
        }
      }
    }
  `,
  [diskOfferingFields],
);

export const updateDiskOfferingMutation = graphql(
  `
    mutation UpdateDiskOffering($input: UpdateDiskOfferingInput!) {
      updateDiskOffering(input: $input) {
        diskOffering {
          ...DiskOfferingFields
        }
      }
    }
  `,
  [diskOfferingFields],
);

export const deleteServiceOfferingMutation = graphql(`
  mutation DeleteServiceOffering($input: DeleteServiceOfferingInput!) {
    deleteServiceOffering(input: $input) {
      serviceOfferingId
    }
  }
`);

export const deleteDiskOfferingMutation = graphql(`
  mutation DeleteDiskOffering($input: DeleteDiskOfferingInput!) {
    deleteDiskOffering(input: $input) {
      diskOfferingId
    }
  }
`);
