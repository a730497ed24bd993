import type { Page } from '@playwright/test';
import { openPage } from './console-pages.ts';
import { routes } from './console-routes.ts';

/** Pages of the console that are no lists, or not for those who are signed in. */
const noLists = new Set([
  '/',
  '/profile',
  '/settings',
  '/setup',
  '/sign-in',
  '/virtual-machines/new',
  '/zones/new',
]);

/** What a page has instead of rows, and what is wrong with that. */
export interface Shown {
  kind: 'something' | 'empty' | 'no permission';
  faults: string[];
}

/** Opens every list of the console. @returns what each shows, by its route */
export async function openEveryList(page: Page, url: string): Promise<Map<string, Shown>> {
  const shown = new Map<string, Shown>();
  for (const route of routes().filter((each) => !each.includes('[') && !noLists.has(each))) {
    await openPage(page, `${url}${route}`);
    shown.set(route, await shownBy(page));
  }
  return shown;
}

const things = 'tbody tr, li a, [role=treeitem], dl, canvas';

/** An empty state says why it is empty, or what to do about it; nothing else may stand in a list’s place. */
async function shownBy(page: Page): Promise<Shown> {
  const content = page.locator('main').locator(`[data-empty-state], ${things}`);
  const isThere = await content
    .first()
    .waitFor({ state: 'attached', timeout: 15_000 })
    .then(() => true)
    .catch(() => false);
  if (!isThere) return { kind: 'something', faults: ['nothing at all'] };
  return page.evaluate(() => {
    const main = document.querySelector('main');
    const states = [...(main?.querySelectorAll('[data-empty-state]') ?? [])];
    const faults = states.flatMap((state) => {
      const [title, reason] = [...state.querySelectorAll('p')].map(({ textContent }) => textContent.trim());
      const action = state.querySelector('a[href], button');
      return reason || action !== null ? [] : [`“${title}” without a reason and without an action`];
    });
    for (const alert of main?.querySelectorAll('[role=alert]') ?? []) faults.push(alert.textContent.trim());
    const isForbidden = states.some((state) => state.querySelector('a[href="/profile"]') !== null);
    return { kind: states.length === 0 ? 'something' : isForbidden ? 'no permission' : 'empty', faults };
  });
}
