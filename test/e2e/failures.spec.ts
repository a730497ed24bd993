import { expect, type Page, test } from '@playwright/test';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { freePort } from '../support/free-port.ts';
import { deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { partsOf } from '../support/processes.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
import { changeSetting } from '../support/settings.ts';
import { signInAs, watchForReload } from './console-pages.ts';
import { createZone } from './zones.ts';

let product: Product;
let admin: ApiClient;
let env: Record<string, string>;
let webId: string;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  env = { NEPHOS_HTTP_PORT: String(await freePort()) };
  product = await startProduct({ driver: 'simulator', env });
  admin = await signIn(product.url, 'admin', adminPassword);
  const zoneId = await createZone(admin, product.dataFolder);
  const choice = {
    zoneId,
    templateId: await registerTemplate(admin, zoneId),
    serviceOfferingId: await serviceOfferingId(admin),
  };
  ({ id: webId } = (await deploy(admin, { ...choice, name: 'web-1' })).machine);
  await deploy(admin, { ...choice, name: 'fail-at-start', startsNow: false });
});

test.afterAll(async () => {
  await admin.close();
  await product.stop({ machines: 'destroy' });
});

const tray = (page: Page) => page.getByRole('button', { name: /^Jobs/ });
const rename = (name: string) =>
  admin.ask(
    'mutation ($input: UpdateVirtualMachineInput!) { updateVirtualMachine(input: $input) { virtualMachine { id } } }',
    { input: { id: webId, name } },
  );

test('a job that failed is told of on every device until it is dismissed, and may be asked for again', async ({
  page,
  browser,
}) => {
  await signInAs(page, product.url);
  await page.goto(`${product.url}/virtual-machines?q=fail-at-start`);
  await page.getByRole('button', { name: 'Actions for fail-at-start' }).click();
  await page.getByRole('menuitem', { name: 'Start', exact: true }).click();
  await expect(tray(page)).toHaveAccessibleName('Jobs, 1 failed, 0 under way');

  const other = await (await browser.newContext({ locale: 'en-US' })).newPage();
  await signInAs(other, product.url);
  await tray(other).click();
  const failure = other.getByRole('article', { name: 'Start machine failed' });
  await expect(failure.getByRole('link', { name: 'fail-at-start' })).toBeVisible();
  await expect(failure).toContainText('What to do');
  await failure.getByRole('link', { name: 'Details' }).click();
  await expect(other.getByRole('heading', { level: 1, name: 'Start machine' })).toBeVisible();
  const before = other.url();
  await other.getByRole('main').getByRole('button', { name: 'Ask again' }).click();
  // The same again is another job, with a page of its own; of the first nothing is told any more.
  await expect.poll(() => other.url()).not.toBe(before);
  await expect(other.getByRole('main').getByText('Failed', { exact: true }).first()).toBeVisible();

  await page.reload();
  await expect(tray(page)).toHaveAccessibleName('Jobs, 1 failed, 0 under way');
  await tray(page).click();
  await page.getByRole('button', { name: 'Dismiss', exact: true }).click();
  await expect(tray(page)).toHaveAccessibleName('Jobs');
  await expect(tray(other)).toHaveAccessibleName('Jobs');
  await other.context().close();
});

test('nothing is written over what somebody else saved meanwhile', async ({ page }) => {
  await signInAs(page, product.url);
  await page.goto(`${product.url}/virtual-machines/${webId}`);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Edit', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Group', { exact: false }).first().fill('shop');
  await admin.ask(
    'mutation ($input: UpdateVirtualMachineInput!) { updateVirtualMachine(input: $input) { virtualMachine { id } } }',
    { input: { id: webId, name: 'web-of-theirs', group: 'theirs' } },
  );
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  const values = dialog.getByRole('table', { name: 'Both values' });
  // Only they changed the name; both changed the group, of which somebody has to choose.
  await expect(values.getByRole('row', { name: /^Name/ }).getByRole('radio').nth(1)).toBeChecked();
  await expect(dialog.getByRole('button', { name: 'Save', exact: true })).toBeDisabled();
  await values.getByRole('radio', { name: /shop/ }).check();
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('heading', { level: 1, name: 'web-of-theirs' })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('shop');
});

test('an agent that is lost, and comes back, is seen without a reload', async ({ page }) => {
  await signInAs(page, product.url);
  for (const [key, value] of [
    ['ping.interval', '1'],
    ['ping.timeout', '3'],
    ['alert.wait', '2'],
  ] as const)
    await changeSetting(admin, key, value);
  await page.goto(`${product.url}/hosts`);
  const wasNotReloaded = await watchForReload(page);
  const host = page
    .getByRole('row')
    .filter({ has: page.getByRole('link') })
    .nth(0);
  await expect(host).toContainText('Up');
  const [agent] = partsOf(product.pid).hostAgent;
  process.kill(agent!.pid, 'SIGSTOP');
  try {
    await expect(host).not.toContainText('Up', { timeout: 40_000 });
  } finally {
    process.kill(agent!.pid, 'SIGCONT');
  }
  await expect(host).toContainText('Up', { timeout: 40_000 });
  expect(await wasNotReloaded()).toBe(true);
  for (const key of ['ping.interval', 'ping.timeout', 'alert.wait']) await changeSetting(admin, key, null);
});

test('a page whose connection was cut, and whose server began anew, misses nothing', async ({ page }) => {
  test.setTimeout(180_000);
  await signInAs(page, product.url);
  await page.goto(`${product.url}/virtual-machines`);
  const wasNotReloaded = await watchForReload(page);
  const mark = page.getByRole('status').filter({ hasText: /Live|Reconnecting|Stale/ });
  await expect(mark).toHaveText('Live');
  await page.context().setOffline(true);
  await rename('renamed-in-the-gap');
  await page.context().setOffline(false);
  await expect(page.getByRole('link', { name: 'renamed-in-the-gap' })).toBeVisible();

  await admin.close();
  await product.stop({ machines: 'keep' });
  await expect(mark).not.toHaveText('Live');
  await expect(page.getByRole('button', { name: 'Now', exact: true })).toBeVisible();
  product = await startProduct({ driver: 'simulator', env, dataFolder: product.dataFolder });
  admin = await signIn(product.url, 'admin', adminPassword);
  await rename('renamed-after-the-restart');
  await expect(page.getByRole('link', { name: 'renamed-after-the-restart' })).toBeVisible({
    timeout: 30_000,
  });
  await expect(mark).toHaveText('Live');
  expect(await wasNotReloaded()).toBe(true);
});
