import { gzipSync } from 'node:zlib';
import type { BrowserContext, Page } from '@playwright/test';

/** What the page itself measures; put there before its own code runs. */
interface Probes {
  longTaskMs: number[];
  inputDelayMs: number[];
  /** From the beginning of the page, or the last click, until a table of this page had rows and was painted. */
  tableMs: number | undefined;
  clickedAt: number;
}

declare global {
  // A variable of the page.
  var probes: Probes;
}

/** Has every page of a browser context measure itself. */
export async function installProbes(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const probes: Probes = { longTaskMs: [], inputDelayMs: [], tableMs: undefined, clickedAt: 0 };
    globalThis.probes = probes;
    new PerformanceObserver((list) => {
      probes.longTaskMs.push(...list.getEntries().map(({ duration }) => duration));
    }).observe({ type: 'longtask', buffered: true });
    const noteDelay = (event: Event) => probes.inputDelayMs.push(performance.now() - event.timeStamp);
    for (const type of ['keydown', 'pointermove'])
      addEventListener(type, noteDelay, { capture: true, passive: true });
    const startAgain = (event: Event) => {
      probes.clickedAt = event.timeStamp;
      probes.tableMs = undefined;
    };
    addEventListener('click', startAgain, { capture: true });
    const look = () => {
      if (probes.tableMs !== undefined || document.querySelector('main table tbody tr a') === null) return;
      // The page that one clicks away from has rows as well.
      if (document.querySelector('main table')?.hasAttribute('data-left') === true) return;
      requestAnimationFrame(() => (probes.tableMs ??= performance.now() - probes.clickedAt));
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
  });
}

/** Waits for the table of the page that is opening. @returns milliseconds from its beginning */
export async function tableMs(page: Page): Promise<number> {
  const handle = await page.waitForFunction(() => globalThis.probes.tableMs);
  return (await handle.jsonValue())!;
}

/** Clicks a link of the navigation. @returns milliseconds until the other page's table is there */
export async function changeRoute(page: Page, path: string): Promise<number> {
  await page.evaluate(() => document.querySelector('main table')?.setAttribute('data-left', ''));
  await page.locator(`nav a[href="${path}"]`).click();
  return tableMs(page);
}

/** JavaScript memory after a garbage collection, in MiB. */
export async function heapMb(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  await session.detach();
  return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN) / 1024 ** 2;
}

/** Adds up the scripts that a page loads, as gzip would send them. @returns kB so far */
export function countScripts(page: Page): () => Promise<number> {
  const sizes: Promise<number>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script')
      sizes.push(response.body().then((body) => gzipSync(body).length));
  });
  return async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 1000;
}
