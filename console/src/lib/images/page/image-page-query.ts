import { graphql, type ResultOf } from '../../api/graphql.ts';
import { isoFields, templateFields } from '../fragments.ts';

export const imagePageQuery = graphql(
  `
    query ImagePage($id: ID!) {
      node(id: $id) {
        __typename
        id
        ...TemplateFields
        ...IsoFields
        ... on Template {
          isFeatured
          grants {
            accountId
            accountName
            domainPath
          }
        }
        ... on Iso {
          isFeatured
          grants {
            accountId
            accountName
            domainPath
          }
        }
      }
    }
  `,
  [isoFields, templateFields],
);

type Node = NonNullable<ResultOf<typeof imagePageQuery>['node']>;
export type ImageDetails = Extract<Node, { __typename: 'Template' | 'Iso' }>;

export const shareTemplateMutation = graphql(
  `
    mutation ShareTemplate($input: ShareTemplateInput!) {
      shareTemplate(input: $input) {
        template {
          ...TemplateFields
          isFeatured
          grants {
            accountId
            accountName
            domainPath
          }
        }
      }
    }
  `,
  [templateFields],
);

export const shareIsoMutation = graphql(
  `
    mutation ShareIso($input: ShareIsoInput!) {
      shareIso(input: $input) {
        iso {
          ...IsoFields
          isFeatured
          grants {
            accountId
            accountName
            domainPath
          }
        }
      }
    }
  `,
  [isoFields],
);
