import { graphql, type FragmentOf } from '../api/graphql.ts';

const settingFields = graphql(`
  fragment SettingFields on Setting {
    key
    value
    defaultValue
    description
    rule
    isChanged
  }
`);

export const settingsQuery = graphql(
  `
    query Settings {
      settings {
        ...SettingFields
      }
    }
  `,
  [settingFields],
);

export const updateSettingMutation = graphql(
  `
    mutation UpdateSetting($input: UpdateSettingInput!) {
      updateSetting(input: $input) {
        setting {
          ...SettingFields
        }
      }
    }
  `,
  [settingFields],
);

export type Setting = FragmentOf<typeof settingFields>;
