import type { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { deployMutation } from '../support/machines.ts';

/** The most that one request makes. */
const atOnce = 50;

/** Makes many machines that are off, as quickly as the API does: `fleet-1`, and so on in hundreds. */
export async function deployMany(
  admin: ApiClient,
  count: number,
  choice: { zoneId: string; templateId: string; serviceOfferingId: string },
): Promise<void> {
  for (let made = 0; made < count; made += atOnce) {
    const input = { ...choice, name: `fleet${made / atOnce}`, count: Math.min(atOnce, count - made) };
    await admin.ask(deployMutation, { input: { ...input, startsNow: false } });
  }
  await eventually(
    () =>
      admin.ask<{ virtualMachines: { totalCount: number } }>(
        '{ virtualMachines(filter: { state: [STOPPED] }) { totalCount } }',
      ),
    ({ virtualMachines }) => virtualMachines.totalCount >= count,
    180,
  );
}
