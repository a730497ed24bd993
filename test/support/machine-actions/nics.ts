import type { ApiClient } from '../api-client.ts';

export interface NicView {
  id: string;
  ipAddress: string;
  macAddress: string;
  isDefault: boolean;
  network: { id: string };
}

/** A machine's network cards, in order. */
export async function nicsOf(client: ApiClient, id: string): Promise<NicView[]> {
  const { virtualMachine } = await client.ask<{ virtualMachine: { nics: NicView[] } }>(
    'query ($id: ID!) { virtualMachine(id: $id) { nics { id ipAddress macAddress isDefault network { id } } } }',
    { id },
  );
  return virtualMachine.nics;
}
