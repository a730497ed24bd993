import type { ApiClient } from './api-client.ts';

/** Changes a setting; `null` is its default again. */
export async function changeSetting(admin: ApiClient, key: string, value: string | null): Promise<void> {
  await admin.ask(
    'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { value } } }',
    { input: { key, value } },
  );
}

/** Lets clusters be filled to the last byte. */
export async function fillClusters(admin: ApiClient): Promise<void> {
  for (const resource of ['cpu', 'memory'])
    await changeSetting(admin, `cluster.${resource}.allocated.capacity.disablethreshold`, '100');
}
