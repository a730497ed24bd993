import { expect, test, type Browser, type Page } from '@playwright/test';
import { colourRules, findBarriers } from './accessibility.ts';
import {
  everyPage,
  findOverflow,
  openPage,
  remember,
  showSystemTheme,
  signInAs,
  untilQuiet,
  watchForReload,
} from './console-pages.ts';
import { routesWithout } from './console-routes.ts';
import { messageFinder, messageKeys, textsOf, translatedTexts } from './messages.ts';
import { dialogTitles } from './overlay-titles.ts';
import { OverlayWalker } from './overlays.ts';
import { dialogsOfAdmin, dialogsOfCustomer, type OpenDialog } from './rare-dialogs.ts';
import { type SampleCloud, startSampleCloud } from './sample-cloud.ts';

const phone = { width: 390, height: 844 };
const desktop = { width: 1366, height: 850 };

let cloud: SampleCloud;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  cloud = await startSampleCloud();
});

test.afterAll(() => cloud[Symbol.asyncDispose]());

test('speaks Chinese and English, and changes without a reload', async ({ page }) => {
  await signInAs(page, cloud.product.url);
  await page.goto(`${cloud.product.url}/virtual-machines`);
  const wasNotReloaded = await watchForReload(page);
  await page.getByRole('button', { name: 'Language' }).click();
  await page.getByRole('menuitemradio', { name: '简体中文' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '虚拟机实例' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  expect(await wasNotReloaded()).toBe(true);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: '虚拟机实例' })).toBeVisible();
  await page.getByRole('button', { name: '语言' }).click();
  await page.getByRole('menuitemradio', { name: 'English' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Virtual machines' })).toBeVisible();
});

test('leaves nothing untranslated on any page, no barriers that axe finds in either theme, and fits on a phone', async ({
  browser,
}) => {
  test.setTimeout(900_000);
  const pages = await everyPage(cloud.admin);
  // These two are for those who are not signed in.
  expect(routesWithout([...Object.values(pages), '/sign-in', '/setup'])).toEqual([]);
  const problems = await walk(browser, Object.entries(pages), async (page, [name, address], look) => {
    await openPage(page, `${cloud.product.url}${address}`);
    await look(name);
    await page.setViewportSize(phone);
    const wide = (await findOverflow(page)).map((text) => `${name}: ${text}`);
    await page.setViewportSize(desktop);
    return wide;
  });
  expect(problems).toEqual([]);
});

test('leaves nothing untranslated in any menu or dialog, no barriers that axe finds, and the focus where it was', async ({
  browser,
}) => {
  test.setTimeout(900_000);
  const pages = Object.entries(await everyPage(cloud.admin));
  const seen = new Set<string>();
  const underWay = new Map<string, Promise<void>>();
  const titles = new Set<string>();
  const messageOf = messageFinder('zh-CN');
  const titleOf = messageFinder('zh-CN', dialogTitles());
  const problems = await walk(browser, pages, async (page, [, address], look) => {
    await openPage(page, `${cloud.product.url}${address}`);
    const walker = new OverlayWalker(page, { look, messageOf, titleOf, seen, underWay, titles });
    await walker.visit(new URL(page.url()).pathname.replaceAll(/\w+_\w{26}/g, '…'));
    return walker.problems;
  });
  expect(problems).toEqual([]);
  const rare = new Set(Object.keys({ ...dialogsOfAdmin, ...dialogsOfCustomer('') }));
  expect(dialogTitles().filter((title) => !titles.has(title) && !rare.has(title))).toEqual([]);
});

test('leaves nothing untranslated in dialogs that no walk comes to, and no barriers that axe finds', async ({
  browser,
}) => {
  test.setTimeout(300_000);
  const titleOf = messageFinder('zh-CN', dialogTitles());
  const visit = async (page: Page, [title, open]: [string, OpenDialog], look: Look) => {
    await open(page, cloud.product.url);
    const dialog = page.getByRole('dialog');
    const shown = async () => titleOf((await dialog.getByRole('heading').first().innerText()).trim());
    await expect.poll(shown).toBe(title);
    await untilQuiet(page);
    await look(title, '[role="dialog"]');
    // What is shown only once does not go away by a slip.
    await dialog.locator('[data-dialog-close]').first().click();
    await expect(dialog).toBeHidden();
    return [];
  };
  const { username, app, recoveryCode } = cloud.acme;
  const problems = await Promise.all([
    walk(browser, Object.entries(dialogsOfAdmin), visit),
    walk(browser, Object.entries(dialogsOfCustomer(recoveryCode)), visit, {
      windows: 1,
      enter: (page) => signInAs(page, cloud.product.url, username, app),
    }),
  ]);
  expect(problems.flat()).toEqual([]);
});

test('has no barriers on the page that one signs in on', async ({ page }) => {
  await remember(page, { locale: 'zh-CN', theme: 'system' });
  const looking = barrierFinder(page);
  await openPage(page, `${cloud.product.url}/sign-in`);
  await looking.at('sign in');
  expect(looking.problems).toEqual([]);
});

type Look = (name: string, part?: string) => Promise<void>;

/** How one comes in, and in how many windows at once: as admin in two, unless told otherwise. */
interface Entrance {
  windows?: number;
  enter?: (page: Page) => Promise<void>;
}

/** Goes to many places in Chinese. @returns what was found */
async function walk<Place>(
  browser: Browser,
  places: readonly Place[],
  visit: (page: Page, place: Place, look: Look) => Promise<string[]>,
  { windows = 2, enter = (page) => signInAs(page, cloud.product.url) }: Entrance = {},
): Promise<string[]> {
  const waiting = [...places];
  const goOn = async () => {
    await using context = await browser.newContext({ viewport: desktop });
    const page = await context.newPage();
    await enter(page);
    await remember(page, { locale: 'zh-CN', theme: 'system' });
    await page.reload();
    const looking = barrierFinder(page);
    const problems: string[] = [];
    for (let place = waiting.shift(); place !== undefined; place = waiting.shift())
      problems.push(...(await visit(page, place, looking.at)));
    return [...problems, ...looking.problems];
  };
  return (await Promise.all(Array.from({ length: windows }, goOn))).flat();
}

/** Looks at a page as it is now, for what no translation or theme may leave. */
function barrierFinder(page: Page) {
  const [english, keys] = [translatedTexts('zh-CN'), messageKeys()];
  const problems: string[] = [];
  return {
    problems,
    at: async (name: string, part?: string) => {
      const note = (found: readonly string[]) => problems.push(...found.map((text) => `${name}: ${text}`));
      note((await textsOf(page, part)).filter((text) => english.has(text) || keys.has(text)));
      await showSystemTheme(page, 'light');
      note(await findBarriers(page, undefined, part));
      await showSystemTheme(page, 'dark');
      note(await findBarriers(page, colourRules, part));
    },
  };
}
