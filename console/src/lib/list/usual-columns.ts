import type { Snippet } from 'svelte';
import { m } from '#messages';
import type { Column } from './columns.ts';

/** The id of what a row is about, for those who choose to see it. */
export function idColumn(): Column<never, { id: string }> {
  return { id: 'id', title: m.common_id(), isOptional: true, isCode: true, text: ({ id }) => id };
}

/** What can be done with a row: the last column. */
export function actionsColumn<Row>(cell: Snippet<[Row]>): Column<never, Row> {
  return {
    id: 'actions',
    title: m.common_actions(),
    isTitleHidden: true,
    class: 'w-10 text-right whitespace-nowrap',
    cell,
  };
}
