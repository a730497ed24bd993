import { ListAddress } from '../list/list-address.svelte.ts';

export type OwnedField = 'NAME' | 'CREATED_AT';

/** Which page of a list of owned things is shown, in which order. */
export function ownedList(): ListAddress<OwnedField> {
  return new ListAddress({ fields: ['NAME', 'CREATED_AT'], order: { field: 'NAME', direction: 'ASC' } });
}
