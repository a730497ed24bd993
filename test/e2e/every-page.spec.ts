import { expect, test } from '@playwright/test';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { deploy, registerIso, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
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
import { messageKeys, textsOf, translatedTexts } from './messages.ts';
import { createZone } from './zones.ts';

const phone = { width: 390, height: 844 };

let product: Product;
let admin: ApiClient;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  product = await startProduct({ driver: 'simulator' });
  admin = await signIn(product.url, 'admin', adminPassword);
  const zoneId = await createZone(admin, product.dataFolder);
  const templateId = await registerTemplate(admin, zoneId);
  await registerIso(admin, zoneId);
  const choice = { zoneId, templateId, serviceOfferingId: await serviceOfferingId(admin) };
  await deploy(admin, { ...choice, name: 'web-1' });
  await deploy(admin, { ...choice, name: 'fail-at-start' });
  await admin.ask('mutation ($input: CreateRoleInput!) { createRole(input: $input) { role { id } } }', {
    input: { name: 'Careful', accountType: 'USER', rules: [{ pattern: '*.list', effect: 'ALLOW' }] },
  });
  await admin.ask(
    'mutation ($input: CreateProjectInput!) { createProject(input: $input) { project { id } } }',
    {
      input: { name: 'web-shop', displayText: 'Sells things' },
    },
  );
});

test.afterAll(async () => {
  await admin.close();
  await product.stop({ machines: 'destroy' });
});

test('speaks Chinese and English, and changes without a reload', async ({ page }) => {
  await signInAs(page, product.url);
  await page.goto(`${product.url}/virtual-machines`);
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
  await signInAs(page, product.url);
  await remember(page, { locale: 'zh-CN', theme: 'system' });
  const [english, keys] = [translatedTexts('zh-CN'), messageKeys()];
  const problems: string[] = [];
  const desktop = page.viewportSize() ?? phone;
  const look = async (name: string) => {
    const note = (found: readonly string[]) => problems.push(...found.map((text) => `${name}: ${text}`));
    note((await textsOf(page)).filter((text) => english.has(text) || keys.has(text)));
    await showSystemTheme(page, 'light');
    note(await findBarriers(page));
    await showSystemTheme(page, 'dark');
    note(await findBarriers(page, colourRules));
    await page.setViewportSize(phone);
    note(await findOverflow(page));
    await page.setViewportSize(desktop);
  };
  for (const [name, address] of Object.entries(await everyPage(admin))) {
    await openPage(page, `${product.url}${address}`);
    await look(name);
  }
  await page.context().clearCookies();
  await openPage(page, `${product.url}/sign-in`);
  await look('sign in');
  expect(problems).toEqual([]);
});

for (const theme of ['light', 'dark'] as const) {
  test(`has no barriers that axe finds in menus and dialogs, in the ${theme} theme`, async ({ page }) => {
    await remember(page, { locale: 'en', theme });
    await signInAs(page, product.url);
    await page.goto(`${product.url}/virtual-machines`);
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
    await expect(page.getByRole('combobox')).toBeVisible();
    await look('palette');
    expect(barriers).toEqual([]);
  });
}
