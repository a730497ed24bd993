import { expect, type Page, type Route, test } from '@playwright/test';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
import { changeSetting } from '../support/settings.ts';
import { findBarriers } from './accessibility.ts';
import { signInAs, untilKept, watchForReload } from './console-pages.ts';
import { createZone } from './zones.ts';

let product: Product;
let admin: ApiClient;
let page: Page;
let machine: { id: string; ipAddress: string | null };

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  product = await startProduct({ driver: 'simulator' });
  admin = await signIn(product.url, 'admin', adminPassword);
  const zoneId = await createZone(admin, product.dataFolder);
  const choice = {
    zoneId,
    templateId: await registerTemplate(admin, zoneId),
    serviceOfferingId: await serviceOfferingId(admin),
  };
  const { id } = (await deploy(admin, { ...choice, name: 'web-1', tags: [{ key: 'env', value: 'prod' }] }))
    .machine;
  const { virtualMachine } = await admin.ask<{ virtualMachine: typeof machine }>(
    'query ($id: ID!) { virtualMachine(id: $id) { id ipAddress } }',
    { id },
  );
  machine = virtualMachine;
  page = await (
    await browser.newContext({ locale: 'en-US', viewport: { width: 1366, height: 850 } })
  ).newPage();
  await signInAs(page, product.url);
});

test.afterAll(async () => {
  await page.context().close();
  await admin.close();
  await product.stop({ machines: 'destroy' });
});

async function openPalette() {
  await expect(page.getByRole('button', { name: /^Find or go to/ })).toBeVisible();
  await page.keyboard.press('Control+K');
}

async function type(text: string) {
  await openPalette();
  await page.getByRole('combobox', { name: 'Go to' }).fill(text);
}

test('the palette finds a machine by name, tag, address and id, and opens it', async () => {
  for (const text of ['web-1', 'env=prod', machine.ipAddress!, machine.id]) {
    await page.goto(product.url);
    await type(text);
    await expect(page.getByRole('option', { name: /^web-1/ }).first()).toBeVisible();
    await untilKept(page, 'palette.uses', () => page.keyboard.press('Enter'));
    await expect(page.getByRole('heading', { level: 1, name: 'web-1' })).toBeVisible();
  }
  // What is used comes first the next time.
  await page.goto(product.url);
  await openPalette();
  await expect(page.getByRole('option').first()).toContainText('web-1');
  expect(await findBarriers(page)).toEqual([]);
  await page.keyboard.press('Escape');
});

test('the palette acts on the machine whose page is open, and on the console', async () => {
  await page.goto(`${product.url}/virtual-machines/${machine.id}`);
  await type('stop');
  await page.getByRole('option', { name: 'Stop: web-1', exact: true }).click();
  await expect(page.getByRole('main').getByText('Stopped', { exact: true }).first()).toBeVisible();
  const wasNotReloaded = await watchForReload(page);
  await type('dark');
  await page.getByRole('option', { name: 'Switch theme: Dark' }).click();
  await expect(page.locator('html')).toHaveClass(/\bdark\b/);
  await type('expunge.delay');
  await page.getByRole('option', { name: /^expunge\.delay/ }).click();
  await expect(page.getByRole('dialog')).toContainText('Change expunge.delay');
  await page.keyboard.press('Escape');
  expect(await wasNotReloaded()).toBe(true);
});

test('what is typed before the palette is there is for the palette', async () => {
  const isLate = Promise.withResolvers<undefined>();
  const holdPalette = async (route: Route) => {
    const response = await route.fetch();
    if ((await response.text()).includes('query Palette(')) await isLate.promise;
    await route.fulfill({ response });
  };
  await page.route('**/*.js', holdPalette);
  await page.goto(`${product.url}/virtual-machines?q=web`);
  const filter = page.getByRole('combobox', { name: 'Find by name or ID' });
  await expect(filter).toHaveValue('web');
  await filter.focus();
  await page.keyboard.press('Control+K');
  await page.keyboard.press('Escape');
  await page.keyboard.type('x');
  await expect(filter).toHaveValue('webx');
  await page.keyboard.press('Control+K');
  await page.keyboard.type('webb');
  await page.keyboard.press('Backspace');
  await page.getByRole('main').getByRole('link', { name: 'Create machine' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('-gh?');
  const field = page.getByRole('combobox', { name: 'Go to' });
  isLate.resolve(undefined);
  await expect(field).toBeFocused();
  await page.keyboard.type('!');
  await expect(field).toHaveValue('web-gh?!');
  await page.keyboard.press('Escape');
  await expect(filter).toHaveValue('webx');
  await expect(page).toHaveURL(/\/virtual-machines\?q=webx$/);
  await page.unroute('**/*.js', holdPalette);
});

test('Enter chooses nothing while a word is being composed', async () => {
  await page.goto(product.url);
  await type('hosts');
  await expect(page.getByRole('option', { name: /^Hosts/ })).toBeVisible();
  await page
    .getByRole('combobox', { name: 'Go to' })
    .dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
});

test('keys lead to pages, and are told of', async () => {
  await page.goto(product.url);
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(help).toContainText('Virtual machines');
  expect(await findBarriers(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
  await page.keyboard.press('g');
  await page.keyboard.press('h');
  await expect(page.getByRole('heading', { level: 1, name: 'Hosts' })).toBeVisible();
  await page.goto(`${product.url}/settings`);
  await page.getByRole('searchbox').fill('gh?');
  await expect(page).toHaveURL(/\/settings\?q=gh/);
});

test('groups of the navigation fold, and stay so', async () => {
  await page.goto(product.url);
  const navigation = page.getByRole('navigation', { name: 'Navigation' });
  await navigation.getByRole('button', { name: 'Identity' }).click();
  await expect(navigation.getByRole('link', { name: 'Roles' })).toBeHidden();
  await page.reload();
  await expect(navigation.getByRole('button', { name: 'Identity' })).toHaveAttribute(
    'aria-expanded',
    'false',
  );
  await page.goto(`${product.url}/roles`);
  await expect(navigation.getByRole('link', { name: 'Roles' })).toBeVisible();
});

test('settings say who set them, may differ for a zone, and name what breaks their rule', async () => {
  await changeSetting(admin, 'vm.snapshot.max', '7');
  await page.goto(`${product.url}/settings?q=overprovisioning`);
  await expect(page.getByRole('row', { name: /storage\.overprovisioning\.factor/ })).toBeVisible();
  await page.getByRole('combobox', { name: 'Settings of' }).click();
  await page.getByRole('option', { name: /^Zone: / }).click();
  await expect(page).toHaveURL(/[?&]scope=/);
  await page.getByRole('button', { name: 'Change storage.overprovisioning.factor' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Value').fill('101');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(dialog.getByLabel('Value')).toHaveAccessibleDescription(
    'must be a whole number from 1 to 100',
  );
  await dialog.getByLabel('Value').fill('3');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('row', { name: /storage\.overprovisioning\.factor/ })).toContainText(
    'Set by admin',
  );
  await page.goto(`${product.url}/settings?changed=true`);
  const row = page.getByRole('row', { name: /storage\.overprovisioning\.factor/ });
  await expect(row.getByRole('list', { name: 'Values of single things' })).toContainText('3');
  await expect(page.getByRole('row', { name: /vm\.snapshot\.max/ })).toContainText('Set by admin');
});
