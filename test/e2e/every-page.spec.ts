import { expect, test, type Browser, type Page } from '@playwright/test';
import { colourRules, findBarriers } from './accessibility.ts';
import {
  everyPage,
  findOverflow,
  openPage,
  remember,
  showSystemTheme,
  signInAs,
  watchForReload,
} from './console-pages.ts';
import { routesWithout } from './console-routes.ts';
import { messageFinder, messageKeys, textsOf, translatedTexts } from './messages.ts';
import { dialogTitles, titlesElsewhere } from './overlay-titles.ts';
import { OverlayWalker } from './overlays.ts';
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
  const titles = new Set<string>();
  const messageOf = messageFinder('zh-CN');
  const titleOf = messageFinder('zh-CN', dialogTitles());
  const problems = await walk(browser, pages, async (page, [, address], look) => {
    await openPage(page, `${cloud.product.url}${address}`);
    const walker = new OverlayWalker(page, { look, messageOf, titleOf, seen, titles });
    await walker.visit(new URL(page.url()).pathname.replaceAll(/\w+_\w{26}/g, '…'));
    return walker.problems;
  });
  expect(problems).toEqual([]);
  const unseen = dialogTitles().filter((title) => !titles.has(title) && !titlesElsewhere.has(title));
  expect(unseen).toEqual([]);
});

test('has no barriers on the page that one signs in on', async ({ page }) => {
  await remember(page, { locale: 'zh-CN', theme: 'system' });
  const looking = barrierFinder(page);
  await openPage(page, `${cloud.product.url}/sign-in`);
  await looking.at('sign in');
  expect(looking.problems).toEqual([]);
});

for (const theme of ['light', 'dark'] as const) {
  test(`has no barriers that axe finds in menus and dialogs, in the ${theme} theme`, async ({ page }) => {
    await remember(page, { locale: 'en', theme });
    await signInAs(page, cloud.product.url);
    await page.goto(`${cloud.product.url}/virtual-machines`);
    const barriers: string[] = [];
    const look = async (name: string) =>
      barriers.push(...(await findBarriers(page)).map((barrier) => `${name}: ${barrier}`));
    await page.getByRole('button', { name: 'Actions for fail-at-start' }).click();
    await expect(page.getByRole('menu')).toBeVisible();
    await look('menu');
    await page.getByRole('menuitem', { name: 'Expunge' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await look('dialog');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Jobs/ }).click();
    await expect(page.getByRole('dialog').getByRole('article').first()).toBeVisible();
    await look('job tray');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+K');
    await expect(page.getByRole('combobox', { name: 'Go to' })).toBeVisible();
    await look('palette');
    expect(barriers).toEqual([]);
  });
}

type Look = (name: string, part?: string) => Promise<void>;

/** Goes to many places in Chinese, in two windows at once. @returns what was found */
async function walk<Place>(
  browser: Browser,
  places: readonly Place[],
  visit: (page: Page, place: Place, look: Look) => Promise<string[]>,
): Promise<string[]> {
  const waiting = [...places];
  const goOn = async () => {
    await using context = await browser.newContext({ viewport: desktop });
    const page = await context.newPage();
    await signInAs(page, cloud.product.url);
    await remember(page, { locale: 'zh-CN', theme: 'system' });
    await page.reload();
    const looking = barrierFinder(page);
    const problems: string[] = [];
    for (let place = waiting.shift(); place !== undefined; place = waiting.shift())
      problems.push(...(await visit(page, place, looking.at)));
    return [...problems, ...looking.problems];
  };
  return (await Promise.all([goOn(), goOn()])).flat();
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
