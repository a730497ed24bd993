import { mode } from 'mode-watcher';
import type uPlot from 'uplot';
import { locale } from '../i18n/locale.svelte.ts';

interface KeptChart {
  /** Where it is drawn, once the page has it. */
  place: () => HTMLElement | undefined;
  height: number;
  make: (target: HTMLElement) => uPlot;
  data: () => uPlot.AlignedData;
}

/** What is read is followed. */
const readLooks = () => [mode.current, locale.current];

/** Keeps a chart as wide as its place, with the newest data. Must be called while a component is set up. */
export function keepChart({ place, height, make, data }: KeptChart): void {
  let chart: uPlot | undefined;

  // Colours and words are drawn, not styled: another theme or language draws anew.
  $effect(() => {
    readLooks();
    const target = place();
    if (target === undefined) return;
    // The theme's class is set in the same moment as this runs.
    const frame = requestAnimationFrame(() => (chart = make(target)));
    const observer = new ResizeObserver(() => chart?.setSize({ width: target.clientWidth, height }));
    observer.observe(target);
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      chart?.destroy();
      chart = undefined;
    };
  });

  $effect(() => {
    // Read first: before the chart is there it has to be followed, too.
    const newest = data();
    chart?.setData(newest);
  });
}
