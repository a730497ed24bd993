import { graphql } from '../api/graphql.ts';

export const setPreferenceMutation = graphql(`
  mutation SetPreference($input: SetPreferenceInput!) {
    setPreference(input: $input) {
      preference {
        key
        value
      }
    }
  }
`);
