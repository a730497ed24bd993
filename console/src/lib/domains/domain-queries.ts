import { graphql, type ResultOf } from '../api/graphql.ts';
import { jobFields } from '../jobs/fragments.ts';
import { domainFields } from './fragments.ts';

/** The topmost domain that one sees: its path is a part of all others. */
export const topDomainQuery = graphql(
  `
    query TopDomain {
      domains(first: 1, orderBy: { field: PATH, direction: ASC }) {
        nodes {
          ...DomainFields
        }
      }
    }
  `,
  [domainFields],
);

export const childDomainsQuery = graphql(
  `
    query ChildDomains($parentId: ID!) {
      domains(first: 500, filter: { parentId: $parentId }, orderBy: { field: NAME, direction: ASC }) {
        nodes {
          ...DomainFields
        }
        totalCount
      }
    }
  `,
  [domainFields],
);

export const domainQuery = graphql(
  `
    query Domain($id: ID!) {
      domain(id: $id) {
        ...DomainFields
        parent {
          id
          path
        }
      }
    }
  `,
  [domainFields],
);

export type DomainDetails = NonNullable<ResultOf<typeof domainQuery>['domain']>;

/** For choosing one: those whose name or path has a text in it. */
export const findDomainsQuery = graphql(`
  query FindDomains($search: String) {
    domains(first: 50, search: $search, orderBy: { field: PATH, direction: ASC }) {
      nodes {
        id
        path
        domainState: state
      }
    }
  }
`);

export const planDeleteDomainQuery = graphql(`
  query PlanDeleteDomain($id: ID!) {
    plan: planDeleteDomain(id: $id) {
      accountCount
      subdomainCount
      projectCount
      userCount
      apiKeyCount
      identityProviderCount
      virtualMachineCount
      volumeCount
      templateCount
      isoCount
      virtualMachineNames
    }
  }
`);

export type DeletionPlan = ResultOf<typeof planDeleteDomainQuery>['plan'];

export const createDomainMutation = graphql(
  `
    mutation CreateDomain($input: CreateDomainInput!) {
      createDomain(input: $input) {
        domain {
          ...DomainFields
        }
      }
    }
  `,
  [domainFields],
);

export const updateDomainMutation = graphql(
  `
    mutation UpdateDomain($input: UpdateDomainInput!) {
      updateDomain(input: $input) {
        domain {
          ...DomainFields
        }
      }
    }
  `,
  [domainFields],
);

export const deleteDomainMutation = graphql(
  `
    mutation DeleteDomain($input: DeleteDomainInput!) {
      deleteDomain(input: $input) {
        domain {
          ...DomainFields
        }
        job {
          ...JobFields
        }
      }
    }
  `,
  [domainFields, jobFields],
);
