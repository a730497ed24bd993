import { expect, test } from '@playwright/test';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { fillDeployForm } from '../support/deploy-form.ts';
import { registerIso, registerTemplate } from '../support/machines.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
import { headerOf, rowOf, signInAs, watchForReload } from './console-pages.ts';
import { createZone } from './zones.ts';

test.describe.configure({ mode: 'serial' });

let product: Product;
let admin: ApiClient;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  product = await startProduct({ driver: 'simulator' });
  admin = await signIn(product.url, 'admin', adminPassword);
  await createZone(admin, product.dataFolder);
});

test.afterAll(async () => {
  await admin.close();
  await product.stop({ machines: 'destroy' });
});

async function machineId(name: string): Promise<string> {
  const { virtualMachines } = await admin.ask<{ virtualMachines: { nodes: { id: string; name: string }[] } }>(
    'query ($search: String) { virtualMachines(search: $search) { nodes { id name } } }',
    { search: name },
  );
  return virtualMachines.nodes.find((machine) => machine.name === name)!.id;
}

test('signs in, and says when name or password is wrong', async ({ page }) => {
  await page.goto(`${product.url}/hosts`);
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fhosts$/);
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toHaveText('User name or password is wrong.');
  await page.getByLabel('Password').fill(adminPassword);
  await page.getByLabel('Password').press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Hosts' })).toBeVisible();
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
});

test('creates a machine with three choices, and shows the steps of its job', async ({ page }) => {
  const { zones } = await admin.ask<{ zones: { nodes: { id: string }[] } }>('{ zones { nodes { id } } }');
  await registerTemplate(admin, zones.nodes[0]!.id);
  await registerIso(admin, zones.nodes[0]!.id);
  await signInAs(page, product.url);
  await page.getByRole('link', { name: 'Virtual machines', exact: true }).click();
  await page.getByRole('main').getByRole('link', { name: 'Create machine' }).first().click();

  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(page.getByText('Choose a source.')).toBeVisible();

  await fillDeployForm(page, 'web-1');
  await page.getByText('The same request').click();
  const request = page.getByRole('region', { name: 'The same request' });
  await expect(request).toContainText('"name": "web-1"');
  await page.getByText('As curl').click();
  await expect(request).toContainText(`curl ${product.url}/graphql`);

  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'web-1' })).toBeVisible();
  const job = page.getByRole('article', { name: 'Create machine' });
  await expect(job.getByText('Create the disks')).toBeVisible();
  await expect(job.getByText('Succeeded', { exact: true })).toBeVisible();
  await expect(headerOf(page).getByText('Running', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: /^Jobs/ }).click();
  await expect(page.getByRole('dialog').getByRole('link', { name: 'web-1' })).toBeVisible();
});

test('shows what is done elsewhere, with no reload', async ({ page }) => {
  await signInAs(page, product.url);
  await page.getByRole('link', { name: 'Virtual machines', exact: true }).click();
  const row = rowOf(page, 'web-1');
  await expect(row.getByText('Running')).toBeVisible();
  const wasNotReloaded = await watchForReload(page);

  const id = await machineId('web-1');
  await admin.ask(
    'mutation ($input: StopVirtualMachineInput!) { stopVirtualMachine(input: $input) { job { id } } }',
    {
      input: { id, isForced: true },
    },
  );
  await expect(row.getByText('Stopped')).toBeVisible();
  expect(await wasNotReloaded()).toBe(true);
});

test('keeps a menu open, and says what can be done now, while its machine changes', async ({ page }) => {
  await signInAs(page, product.url);
  await page.goto(`${product.url}/virtual-machines`);
  await page.getByRole('button', { name: 'Actions for web-1' }).click();
  const stop = page.getByRole('menuitem', { name: /^Stop/ });
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Actions for web-1' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(stop).toHaveAttribute('aria-disabled', 'true');
  await admin.ask(
    'mutation ($input: StartVirtualMachineInput!) { startVirtualMachine(input: $input) { job { id } } }',
    {
      input: { id: await machineId('web-1') },
    },
  );
  await expect(stop).not.toHaveAttribute('aria-disabled', 'true');
  await stop.click();
  await expect(rowOf(page, 'web-1').getByText('Stopped')).toBeVisible();
});

test('shows what destroying affects, and undoes it; what cannot be undone asks for the name', async ({
  page,
}) => {
  await signInAs(page, product.url);
  await page.goto(`${product.url}/virtual-machines/${await machineId('web-1')}`);
  const choose = async (name: string) => {
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name }).click();
  };
  await choose('Destroy');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/^Disks: root-web-1/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Destroy' }).click();
  await expect(page.getByText('In the recycle bin', { exact: true })).toBeVisible();
  await choose('Recover');
  await expect(headerOf(page).getByText('Stopped', { exact: true })).toBeVisible();
  await choose('Destroy');
  await dialog.getByRole('button', { name: 'Destroy' }).click();
  await expect(page.getByText('In the recycle bin', { exact: true })).toBeVisible();
  await choose('Expunge');
  const expunge = dialog.getByRole('button', { name: 'Expunge' });
  await expect(expunge).toBeDisabled();
  await dialog.getByLabel('Type web-1 to confirm').fill('web-1');
  await expunge.click();
  await expect(page.getByRole('heading', { name: 'There is no such machine' })).toBeAttached();
});

test('says why a machine could not be made, with the trace', async ({ page }) => {
  await signInAs(page, product.url);
  await page.goto(`${product.url}/virtual-machines/new`);
  await page.getByRole('radio', { name: /^tiny QCOW2/ }).check();
  await page.getByLabel('Name', { exact: true }).fill('fail-at-start');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const job = page.getByRole('article', { name: 'Create machine' });
  await expect(job.getByText('Failed', { exact: true })).toBeVisible();
  await expect(job.getByText(/simulated failure/).first()).toBeVisible();
  await expect(job.getByText(/Trace ID/)).toBeVisible();
});

test('keeps search, filter and order in the address', async ({ page }) => {
  await signInAs(page, product.url);
  await page.goto(`${product.url}/virtual-machines`);
  await page.getByRole('combobox', { name: 'Find by name or ID' }).fill('fail');
  await page.getByRole('button', { name: 'State', exact: true }).first().click();
  await page.getByRole('menuitemcheckbox', { name: 'Error' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  await expect(page).toHaveURL(/q=fail/);
  await expect(page).toHaveURL(/state=ERROR/);
  await expect(page).toHaveURL(/sort=NAME/);
  await page.reload();
  await expect(rowOf(page, 'fail-at-start')).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'ascending');
  await expect(page.getByText('1 in all')).toBeVisible();
  await page.getByRole('combobox', { name: 'Find by name or ID' }).fill('nothing-like-this');
  await expect(page.getByText('Nothing matches the filter')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).first().click();
  await expect(rowOf(page, 'fail-at-start')).toBeVisible();
});

test('finds machines and pages from the keyboard', async ({ page }) => {
  await signInAs(page, product.url);
  await page.keyboard.press('Control+K');
  await page.getByRole('combobox', { name: 'Go to' }).fill('fail-at');
  await expect(page.getByRole('option', { name: /fail-at-start/ }).first()).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'fail-at-start' })).toBeVisible();
});

test('changes a setting, and shows the rule that a wrong value breaks', async ({ page }) => {
  await signInAs(page, product.url);
  await page.goto(`${product.url}/settings?q=vm.stop`);
  await page.getByRole('button', { name: 'Change vm.stop.grace' }).click();
  await page.getByLabel('Value').fill('soon');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toContainText('The input is not right');
  await page.getByLabel('Value').fill('30');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(
    page.getByRole('row', { name: /vm\.stop\.grace/ }).getByText('changed', { exact: true }),
  ).toBeVisible();
});

test('goes back to the sign-in page, and says why, when its session is ended elsewhere', async ({ page }) => {
  await signInAs(page, product.url);
  await page.getByRole('link', { name: 'Hosts', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Hosts' })).toBeVisible();
  await page.evaluate(() =>
    fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'mutation { endSession(input: {}) { sessionId } }' }),
    }),
  );
  await expect(page.getByText('Your session has ended.', { exact: false })).toBeVisible();
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password').fill(adminPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Hosts' })).toBeVisible();
});

test('signs out without a word', async ({ page }) => {
  await signInAs(page, product.url);
  await page.getByRole('button', { name: 'User menu' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(`${product.url}/sign-in`);
});
