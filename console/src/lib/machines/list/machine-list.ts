import type { VariablesOf } from '../../api/graphql.ts';
import { ListAddress } from '../../list/list-address.svelte.ts';
import { projectScope } from '../../projects/project-scope.svelte.ts';
import { machineFilter } from './machine-filters.ts';
import type { machinesQuery } from './machines-query.ts';

export type MachineField = 'NAME' | 'STATE' | 'CREATED_AT';

/** @param url of the page that is on its way; that which is shown when left out */
export function machineList(url?: URL): ListAddress<MachineField> {
  return new ListAddress<MachineField>({
    fields: ['NAME', 'STATE', 'CREATED_AT'],
    order: { field: 'CREATED_AT', direction: 'DESC' },
    ...(url !== undefined && { url }),
  });
}

/** What the list asks for; `undefined` while it is not known whose machines it shows. */
export function machineVariables(
  list: ListAddress<MachineField>,
): VariablesOf<typeof machinesQuery> | undefined {
  if (!projectScope.isKnown) return undefined;
  return {
    ...list.variables,
    accountId: list.value('account') ?? projectScope.listedAccountId,
    filter: machineFilter(list),
  };
}
