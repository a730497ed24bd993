import type { VariablesOf } from '../../api/graphql.ts';
import type { FilterKey } from '../../list/filter/filter-key.ts';
import { lookups } from '../../list/filter/lookups.ts';
import type { ListAddress } from '../../list/list-address.svelte.ts';
import { session } from '../../session/session.svelte.ts';
import { m } from '#messages';
import { machineStateLooks, machineStates } from '../machine-state.ts';
import type { machinesQuery } from './machines-query.ts';

type Filter = NonNullable<VariablesOf<typeof machinesQuery>['filter']>;

const addressPattern = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:]+)$/i;
const macPattern = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;
const tagPattern = /^[^=]+=/;

/** What one may filter machines by. */
export function machineFilterKeys(): FilterKey[] {
  const may = (permission: string, key: FilterKey) => (session.can(permission) ? [key] : []);
  return [
    {
      key: 'state',
      label: m.common_state(),
      values: machineStates.map((value) => ({ value, label: machineStateLooks[value].label() })),
    },
    { key: 'zone', label: m.common_zone(), lookup: lookups.zone },
    ...may('host.list', { key: 'host', label: m.machines_host(), lookup: lookups.host }),
    ...may('account.list', { key: 'account', label: m.common_account(), lookup: lookups.account }),
    { key: 'offering', label: m.machines_offering(), lookup: lookups.offering },
    { key: 'template', label: m.machine_list_template(), lookup: lookups.template },
    { key: 'affinity', label: m.machine_list_affinity(), lookup: lookups.affinityGroup },
    { key: 'group', label: m.machine_list_group() },
    { key: 'tag', label: m.machine_list_tag(), pattern: tagPattern, example: 'web=1' },
    { key: 'ip', label: m.machines_address(), pattern: addressPattern, example: '10.1.0.7' },
    { key: 'mac', label: m.machine_list_mac(), pattern: macPattern, example: '52:54:00:12:34:56' },
  ];
}

/** The filter that the address says. */
export function machineFilter(list: ListAddress<string>): Filter {
  const states = list.chosen('state', machineStates);
  const tag = list.value('tag');
  const isTag = tag !== undefined && tagPattern.test(tag);
  const at = tag?.indexOf('=') ?? -1;
  return {
    state: states.length > 0 ? states : null,
    hostId: list.value('host') ?? null,
    zoneId: list.value('zone') ?? null,
    serviceOfferingId: list.value('offering') ?? null,
    templateId: list.value('template') ?? null,
    affinityGroupId: list.value('affinity') ?? null,
    group: list.value('group') ?? null,
    ipAddress: list.value('ip') ?? null,
    macAddress: list.value('mac')?.toLowerCase() ?? null,
    tag: isTag ? { key: tag.slice(0, at), value: tag.slice(at + 1) } : null,
  };
}
