import { tick } from 'svelte';

/**
 * Widths of columns, held as they were when the first rows were shown: in a table that has only the rows that can be
 * seen they would jump with every scroll.
 */
export class FrozenWidths {
  /** Of those columns that are shown; `undefined` while they follow what is in them. */
  widths = $state.raw<number[]>();

  /**
   * Must be made while a component is set up.
   * @param head the row of headings
   * @param shape changes when they must be measured again; empty for a table that needs none of this
   */
  constructor(head: () => HTMLTableRowElement | undefined, shape: () => string) {
    const wanted = $derived(shape());
    $effect(() => {
      const measured = wanted;
      this.widths = undefined;
      if (measured === '') return;
      void tick().then(() => {
        if (wanted !== measured) return;
        // A column that the window has no room for is in the page, without a width.
        const widths = [...(head()?.cells ?? [])].map(({ offsetWidth }) => offsetWidth);
        this.widths = widths.filter((width) => width > 0);
      });
    });
  }
}
