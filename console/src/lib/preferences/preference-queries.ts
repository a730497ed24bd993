import { graphql } from '../api/graphql.ts';

export const preferencesQuery = graphql(`
  query Preferences {
    preferences {
      key
      value
    }
  }
`);

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
