import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
import { findBarriers } from './accessibility.ts';
import { rowOf, signInAs, untilKept } from './console-pages.ts';
import { deployMany } from './many-machines.ts';
import { createZone } from './zones.ts';

const fleet = 300;

let product: Product;
let admin: ApiClient;
let page: Page;
let choice: { zoneId: string; templateId: string; serviceOfferingId: string };

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  product = await startProduct({ driver: 'simulator' });
  admin = await signIn(product.url, 'admin', adminPassword);
  const zoneId = await createZone(admin, product.dataFolder);
  const templateId = await registerTemplate(admin, zoneId);
  choice = { zoneId, templateId, serviceOfferingId: await serviceOfferingId(admin) };
  await deployMany(admin, fleet, choice);
  const tags = [{ key: 'tier', value: 'web' }];
  await deploy(admin, { ...choice, name: 'web-1', tags });
  await deploy(admin, { ...choice, name: 'web-2', startsNow: false, tags });
  await deploy(admin, { ...choice, name: 'fail-at-start', startsNow: false, tags });
  page = await browser.newPage();
  await signInAs(page, product.url);
});

test.afterAll(async () => {
  await page.close();
  await admin.close();
  await product.stop({ machines: 'destroy' });
});

const box = () => page.getByRole('combobox', { name: 'Find by name or ID' });
const rows = () => page.locator('tr[data-row]');
const names = () => rows().locator('a[href^="/virtual-machines/"]');
const open = async (query = '') => {
  await page.goto(`${product.url}/virtual-machines${query}`);
  await expect(rows().first()).toBeVisible();
};
const button = (name: string) => page.getByRole('button', { name });

test('is filtered in words, by menus and by the address, which say the same', async () => {
  await open();
  await page.keyboard.press('/');
  await page.keyboard.type('tier');
  await expect(page).toHaveURL(/q=tier/);
  await expect(rows()).toHaveCount(3);
  await box().fill('state:run');
  await page.getByRole('option', { name: /running/ }).click();
  await expect(page).toHaveURL(/[?&]state=RUNNING/);
  await expect(rows()).toHaveCount(1);
  await expect(button('State: Running')).toBeVisible();
  await box().fill('tag:tier=web zone:test-zone state:stopped');
  await box().press('Enter');
  await expect(rows()).toHaveCount(2);
  await expect(page).toHaveURL(new RegExp(`zone=${choice.zoneId}`));
  await page.reload();
  await expect(box()).toHaveValue('state:stopped zone:test-zone tag:tier=web');
  await expect(rows()).toHaveCount(2);

  await box().fill('colour:red');
  await box().press('Enter');
  await expect(page.getByRole('alert')).toContainText(
    'There is no filter “colour”. Write one of: state, zone,',
  );
  await box().fill('zone:nowhere');
  await box().press('Enter');
  await expect(page.getByRole('alert')).toContainText('has the name or ID “nowhere” for zone');
  await box().fill('state:asleep');
  await box().press('Enter');
  await expect(page.getByRole('alert')).toContainText(
    '“asleep” is no value of state. Write one of: running,',
  );
  // What was there before is not lost to a mistake.
  await expect(rows()).toHaveCount(2);
  await button('Clear filters').click();
  await expect(box()).toHaveValue('');
});

test('is walked with j and k, chosen from with x, opened with Enter, left with Escape', async () => {
  await open('?q=tier&sort=NAME');
  await expect(rows()).toHaveCount(3);
  await box().fill('tier j');
  await expect(box()).toHaveValue('tier j');
  await expect(rows()).toHaveCount(0);
  await box().fill('tier');
  await expect(rows()).toHaveCount(3);
  await box().press('Escape');
  for (const key of ['j', 'x', 'j', 'j', 'X', 'k']) await page.keyboard.press(key);
  await expect(page.getByText('3 selected')).toBeVisible();
  await expect(page.getByRole('link', { name: 'web-1' })).toBeFocused();
  await page.keyboard.press('x');
  await expect(page.getByText('2 selected')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('link', { name: 'web-1' })).not.toBeFocused();
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'fail-at-start' })).toBeVisible();
});

test('does something to many at once: each has its outcome, and only what failed is asked again', async () => {
  await open('?q=tier&sort=NAME');
  await page.getByLabel('Select all on this page').check();
  await expect(page.getByText('3 selected')).toBeVisible();
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Left out, because it cannot be done to them now: 1');
  await expect(dialog).toContainText('web-1: It is Running, and must be Stopped');
  await dialog.getByRole('button', { name: 'Start: 2' }).click();
  await expect(dialog).toContainText('1 done, 1 failed, of 2');
  const failed = dialog.getByRole('listitem').filter({ hasText: 'fail-at-start' });
  await expect(failed).toContainText('Failed');
  await expect(failed).toContainText('did not start');
  await expect(failed.getByRole('link', { name: 'Job of fail-at-start' })).toBeVisible();
  const job = await failed.getByRole('link', { name: 'Job of fail-at-start' }).getAttribute('href');
  await dialog.getByRole('button', { name: 'Retry what failed (1)' }).click();
  await expect(failed.getByRole('link', { name: 'Job of fail-at-start' })).not.toHaveAttribute(
    'href',
    job ?? '',
  );
  await expect(dialog).toContainText('1 done, 1 failed, of 2');
  expect(await findBarriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(rowOf(page, 'web-2')).toContainText('Running');
  await expect(page.getByText('3 selected')).toBeVisible();
  await button('Clear selection').click();
  await expect(page.getByText('3 selected')).toBeHidden();
});

test('holds five hundred rows of which few are in the page, and says where one is', async () => {
  await open('?q=fleet&sort=CREATED_AT');
  await expect(page.getByText(`1–50 of ${fleet}`)).toBeVisible();
  await button('Last page').click();
  await expect(page.getByText(`251–300 of ${fleet}`)).toBeVisible();
  await page.reload();
  await expect(page.getByText(`251–300 of ${fleet}`)).toBeVisible();
  await button('Previous page').click();
  await expect(page.getByText(`201–250 of ${fleet}`)).toBeVisible();
  await page.getByLabel('Rows').selectOption('500');
  await expect(page.getByText(`${fleet} in all`)).toBeVisible();
  const table = page.getByRole('table', { name: 'Virtual machines' });
  await expect(table).toHaveAttribute('aria-rowcount', String(fleet + 1));
  expect(await rows().count()).toBeLessThan(100);
  await page.keyboard.press('j');
  await expect(rows().first().getByRole('link').first()).toBeFocused();
  await table.evaluate((element) => element.parentElement?.scrollTo({ top: 100_000 }));
  const last = page.locator(`tr[aria-rowindex="${fleet + 1}"]`);
  await expect(last).toBeVisible();
  expect(await rows().count()).toBeLessThan(100);
  await expect(page.getByRole('columnheader', { name: 'Name' })).toBeInViewport();
  await last.getByRole('link').first().focus();
  await page.keyboard.press('k');
  await expect(page.locator(`tr[aria-rowindex="${fleet}"]`).getByRole('link').first()).toBeFocused();
  await untilKept(page, 'lists', () => page.getByLabel('Rows').selectOption('50'));
});

test('keeps columns as they were left, on another device too', async ({ browser }) => {
  await open('?q=tier');
  await button('Columns').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('checkbox', { name: 'Made from' }).uncheck();
  await dialog.getByRole('checkbox', { name: 'Account' }).check();
  await dialog.getByRole('button', { name: 'Move Address forward' }).click();
  await dialog.getByRole('button', { name: 'Move Address forward' }).press('Enter');
  await dialog.getByLabel('Width of State in pixels').fill('200');
  await dialog.getByLabel('Width of State in pixels').press('Tab');
  await untilKept(page, 'lists', () => dialog.getByRole('radio', { name: 'Comfortable' }).check());
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  const kept = async (where: Page) => {
    const headings = where.getByRole('columnheader');
    await expect(headings.nth(1)).toHaveText('Address');
    await expect(where.getByRole('columnheader', { name: 'Made from' })).toHaveCount(0);
    await expect(where.getByRole('columnheader', { name: 'Account' })).toBeVisible();
    const state = await where.getByRole('columnheader', { name: 'State' }).boundingBox();
    expect(state?.width).toBeCloseTo(200, 0);
    expect((await where.locator('tr[data-row]').first().boundingBox())?.height).toBeCloseTo(40, 0);
  };
  await kept(page);
  const other = await browser.newPage();
  await signInAs(other, product.url);
  await other.goto(`${product.url}/virtual-machines?q=tier`);
  await kept(other);
  await other.close();
  // The pointer drags a heading's edge.
  const handle = page.getByRole('columnheader', { name: 'State' }).locator('[data-width-handle]');
  const edge = await handle.boundingBox();
  await page.mouse.move((edge?.x ?? 0) + 3, (edge?.y ?? 0) + 8);
  await page.mouse.down();
  await page.mouse.move((edge?.x ?? 0) + 63, (edge?.y ?? 0) + 8, { steps: 4 });
  await page.mouse.up();
  expect((await page.getByRole('columnheader', { name: 'State' }).boundingBox())?.width).toBeCloseTo(260, 0);
  await button('Columns').click();
  await dialog.getByRole('radio', { name: 'Dense' }).check();
  await untilKept(page, 'list.virtualMachines', () =>
    dialog.getByRole('button', { name: 'Reset columns' }).click(),
  );
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(page.getByRole('columnheader', { name: 'Made from' })).toBeVisible();
});

test('a list of disks is filtered in words too, and has columns of its own', async () => {
  const box = page.getByRole('combobox', { name: 'Find a disk by name or ID' });
  await page.goto(`${product.url}/volumes?sort=NAME`);
  await box.fill('machine:web-1 kind:root');
  await box.press('Enter');
  await expect(page).toHaveURL(/kind=ROOT&machine=vm_/);
  await expect(rows()).toHaveCount(1);
  await expect(rows().getByRole('link', { name: 'web-1', exact: true })).toHaveAttribute('href', /tab=disks/);
  await button('Columns').click();
  await page.getByRole('checkbox', { name: 'Disk kind' }).uncheck();
  await untilKept(page, 'list.volumes', () => page.getByRole('checkbox', { name: 'ID' }).check());
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await page.reload();
  await expect(page.getByRole('columnheader', { name: 'ID' })).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'Disk kind' })).toHaveCount(0);
  await expect(box).toHaveValue('kind:root machine:web-1');
  await open();
  await expect(page.getByRole('columnheader', { name: 'ID' })).toHaveCount(0);
});

test('saves a view under a name, and shows it by default', async () => {
  await open('?state=RUNNING&sort=-NAME');
  await button('Saved views').click();
  await page.getByRole('menuitem', { name: 'Save this view' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('What runs');
  await page.getByRole('dialog').getByLabel('Show it whenever I come to this list').check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(button('Saved views: What runs')).toBeVisible();
  await page.getByRole('link', { name: 'Hosts', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Hosts' })).toBeVisible();
  await page.getByRole('link', { name: 'Virtual machines', exact: true }).click();
  await expect(page).toHaveURL(/state=RUNNING/);
  await expect(page).toHaveURL(/sort=-NAME/);
  await expect(box()).toHaveValue('state:running');
  await button('Saved views: What runs').click();
  await page.getByRole('menuitem', { name: 'Manage views' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name of the view What runs').fill('Running');
  await dialog.getByLabel('Name of the view What runs').press('Enter');
  await expect(dialog.getByLabel('Name of the view Running')).toBeVisible();
  await untilKept(page, 'view.', () =>
    dialog.getByRole('button', { name: 'Delete the view Running' }).click(),
  );
  await expect(dialog).toContainText('There is no saved view.');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(button('Saved views')).toBeVisible();
});

test('exports all that the filter lets through, as CSV and as JSON', async () => {
  await open('?q=fleet&sort=NAME');
  const take = async (format: string) => {
    await button('Export').click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: format }).click();
    const file = await download;
    return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
  };
  const csv = await take('CSV, columns as shown');
  expect(csv.name).toMatch(/^virtual-machines-\d{4}-\d\d-\d\d-\d{4}\.csv$/);
  expect(csv.text.startsWith('\uFEFFName,State,Address,Offering,')).toBe(true);
  const lines = csv.text.trimEnd().split('\r\n');
  expect(lines).toHaveLength(fleet + 1);
  expect(lines[1]).toMatch(/^fleet0-1,Stopped,[\d.]+,small,tiny,/);
  expect((await take('CSV, all columns')).text.split('\r\n')[0]).toContain(',CPUs,Memory,');
  const machines = JSON.parse((await take('JSON')).text) as { name: string; __typename?: string }[];
  expect(machines).toHaveLength(fleet);
  expect(machines[0]).toMatchObject({ name: 'fleet0-1' });
  expect(machines[0]?.__typename).toBeUndefined();
});

test('changes under nobody’s hands: menus stay open, the focus, the selection and the rows where they are', async () => {
  await open();
  const first = await names().first().textContent();
  await page.getByLabel(`Select ${first ?? ''}`).check();
  const place = await names().first().boundingBox();
  await button(`Actions for ${first ?? ''}`).click();
  const menu = page.getByRole('menu');
  await expect(menu).toBeVisible();
  await page.mouse.move(5, 5);
  await deploy(admin, { ...choice, name: 'newcomer', startsNow: false });
  await expect(page.getByText('The list has changed.')).toBeVisible();
  await expect(menu).toBeVisible();
  expect(await names().first().boundingBox()).toEqual(place);
  await page.keyboard.press('Escape');
  await expect(button(`Actions for ${first ?? ''}`)).toBeFocused();
  await expect(names().first()).toHaveText('newcomer');
  await expect(button(`Actions for ${first ?? ''}`)).toBeFocused();
  await expect(page.getByLabel(`Select ${first ?? ''}`)).toBeChecked();

  await names().nth(3).hover();
  const held = await names().nth(3).textContent();
  await deploy(admin, { ...choice, name: 'latecomer', startsNow: false });
  await expect(page.getByText('The list has changed.')).toBeVisible();
  await expect(names().nth(3)).toHaveText(held ?? '');
  await page.mouse.move(5, 5);
  await expect(names().first()).toHaveText('latecomer');
});
