import { askAhead } from '#lib/api/query.svelte.ts';
import { machineList, machineVariables } from '#lib/machines/list/machine-list.ts';
import { machinesQuery } from '#lib/machines/list/machines-query.ts';
import { session } from '#lib/session/session.svelte.ts';

/** The list that people look at most is asked for before its page is made. */
export async function load({ url, parent }: { url: URL; parent: () => Promise<unknown> }) {
  await parent();
  if (session.duty !== undefined || !session.can('virtualMachine.list')) return;
  const variables = machineVariables(machineList(url));
  if (variables !== undefined) askAhead(machinesQuery, variables);
}
