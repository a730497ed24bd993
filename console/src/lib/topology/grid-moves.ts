/** Where a thing of a grid lies. */
interface Place {
  left: number;
  top: number;
}

/**
 * Where an arrow key leads in a grid whose rows the browser broke by itself.
 * @returns the index, or `undefined` when the key leads nowhere
 */
export function moveInGrid(places: readonly Place[], from: number, key: string): number | undefined {
  const here = places[from];
  if (here === undefined) return undefined;
  if (key === 'Home') return 0;
  if (key === 'End') return places.length - 1;
  if (key === 'ArrowRight') return from + 1 < places.length ? from + 1 : undefined;
  if (key === 'ArrowLeft') return from > 0 ? from - 1 : undefined;
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return undefined;
  const isDown = key === 'ArrowDown';
  const beyond = places
    .map(({ left, top }, index) => ({ left, top, index }))
    .filter(({ top }) => (isDown ? top > here.top : top < here.top));
  if (beyond.length === 0) return undefined;
  const rows = beyond.map(({ top }) => top);
  const row = isDown ? Math.min(...rows) : Math.max(...rows);
  const inRow = beyond.filter(({ top }) => top === row);
  const distance = ({ left }: Place) => Math.abs(left - here.left);
  return inRow.reduce((best, each) => (distance(each) < distance(best) ? each : best)).index;
}
