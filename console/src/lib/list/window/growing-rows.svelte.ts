/** What of the window's height other things always take: the header of the page, tools and headings of the list. */
const takenHeight = 200;
/** Rows that are added at a time: so few that nobody waits for them. */
const step = 16;

/** How many rows are in the page: those that are seen first, then, between other work, the others below them. */
export class GrowingRows {
  /** At most so many. */
  count = $state(0);

  /**
   * Must be made while a component is set up.
   * @param wanted how many rows there are
   * @param rowHeight in pixels
   */
  constructor(wanted: () => number, rowHeight: number) {
    this.count = Math.ceil(Math.max(window.innerHeight - takenHeight, 0) / rowHeight);
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
