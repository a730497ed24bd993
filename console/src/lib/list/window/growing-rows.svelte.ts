/** Rows that a table begins with: as many as a large screen shows. */
const firstRows = 36;
/** Rows that are added at a time: so few that nobody waits for them. */
const step = 16;

/** How many rows are in the page: those that are seen first, then, between other work, the others below them. */
export class GrowingRows {
  /** At most so many. */
  count = $state(firstRows);

  /**
   * Must be made while a component is set up.
   * @param wanted how many rows there are
   */
  constructor(wanted: () => number) {
    $effect(() => {
      if (this.count >= wanted()) return;
      // After the frame that shows what is there.
      let timer: ReturnType<typeof setTimeout> | undefined;
      const frame = requestAnimationFrame(() => {
        timer = setTimeout(() => (this.count += step));
      });
      return () => {
        cancelAnimationFrame(frame);
        clearTimeout(timer);
      };
    });
  }
}
