import { expect, test, type Page } from '@playwright/test';
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
import { messageKeys, textsOf, translatedTexts } from './messages.ts';
import { walkOverlays } from './overlays.ts';
import { type SampleCloud, startSampleCloud } from './sample-cloud.ts';

const phone = { width: 390, height: 844 };

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
  page,
}) => {
  test.setTimeout(480_000);
  await signInAs(page, cloud.product.url);
  await remember(page, { locale: 'zh-CN', theme: 'system' });
  const looking = barrierFinder(page);
  const desktop = page.viewportSize() ?? phone;
  const look = async (name: string) => {
    await looking.at(name);
    await page.setViewportSize(phone);
    looking.problems.push(...(await findOverflow(page)).map((text) => `${name}: ${text}`));
    await page.setViewportSize(desktop);
  };
  const pages = await everyPage(cloud.admin);
  // These two are for those who are not signed in.
  expect(routesWithout([...Object.values(pages), '/sign-in', '/setup'])).toEqual([]);
  for (const [name, address] of Object.entries(pages)) {
    await openPage(page, `${cloud.product.url}${address}`);
    await look(name);
  }
  await page.context().clearCookies();
  await openPage(page, `${cloud.product.url}/sign-in`);
  await look('sign in');
  expect(looking.problems).toEqual([]);
});

test('leaves nothing untranslated in any menu or dialog, and no barriers that axe finds in either theme', async ({
  page,
}) => {
  test.setTimeout(600_000);
  await signInAs(page, cloud.product.url);
  await remember(page, { locale: 'zh-CN', theme: 'system' });
  await page.setViewportSize({ width: 1366, height: 1600 });
  const look = barrierFinder(page);
  const seen = new Set<string>();
  for (const address of Object.values(await everyPage(cloud.admin))) {
    await openPage(page, `${cloud.product.url}${address}`);
    // That would be the end of it.
    await walkOverlays(page, seen, (name) => name.includes('退出'), look.at);
  }
  await page.keyboard.press('Control+K');
  await expect(page.getByRole('combobox')).toBeVisible();
  await look.at('palette');
  expect(look.problems).toEqual([]);
  // A walk that opened nothing would find nothing.
  expect(seen.size).toBeGreaterThan(80);
});

/** Looks at a page as it is now, for what no translation or theme may leave. */
function barrierFinder(page: Page) {
  const [english, keys] = [translatedTexts('zh-CN'), messageKeys()];
  const problems: string[] = [];
  return {
    problems,
    at: async (name: string) => {
      const note = (found: readonly string[]) => problems.push(...found.map((text) => `${name}: ${text}`));
      note((await textsOf(page)).filter((text) => english.has(text) || keys.has(text)));
      await showSystemTheme(page, 'light');
      note(await findBarriers(page));
      await showSystemTheme(page, 'dark');
      note(await findBarriers(page, colourRules));
    },
  };
}
