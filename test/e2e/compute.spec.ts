import { expect, test } from '@playwright/test';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
import { signInAs } from './console-pages.ts';
import { createZone } from './zones.ts';

test.describe.configure({ mode: 'serial' });

let product: Product;
let admin: ApiClient;
let machine: Record<string, unknown>;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  product = await startProduct({ driver: 'simulator', env: { NEPHOS_SIMULATED_HOSTS: '2' } });
  admin = await signIn(product.url, 'admin', adminPassword);
  const zoneId = await createZone(admin, product.dataFolder, 2);
  machine = {
    zoneId,
    serviceOfferingId: await serviceOfferingId(admin),
    templateId: await registerTemplate(admin, zoneId),
  };
});

test.afterAll(async () => {
  await admin.close();
  await product.stop({ machines: 'destroy' });
});

test('makes a machine with a key, a group apart and a password, and says before that it fits', async ({
  page,
}) => {
  await signInAs(page, product.url);
  await page.goto(`${product.url}/ssh-keys`);
  await page.getByRole('button', { name: 'Add SSH key' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('laptop');
  await page.getByText('Make a new one').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Add SSH key' }).click();
  await expect(page.getByRole('region', { name: 'Private key' })).toContainText('OPENSSH PRIVATE KEY');
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await expect(page.getByRole('row', { name: /^laptop/ })).toBeVisible();

  await page.goto(`${product.url}/affinity-groups`);
  await page.getByRole('button', { name: 'Create affinity group' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('spread');
  await page.getByRole('dialog').getByRole('button', { name: 'Create affinity group' }).click();
  await expect(page.getByRole('row', { name: /^spread/ })).toContainText('On different hosts');

  await page.goto(`${product.url}/virtual-machines/new`);
  await page.getByRole('radio', { name: /^tiny/ }).first().check();
  await page.getByLabel('Name', { exact: true }).fill('web-1');
  await page.getByText('Advanced').click();
  await page.getByRole('checkbox', { name: 'laptop' }).check();
  await page.getByRole('checkbox', { name: /^spread/ }).check();
  await page.getByLabel('Generate a password').check();
  await expect(page.getByText('There is room for it')).toBeVisible();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const password = page.getByRole('region', { name: 'Password' });
  await expect(password).toHaveText(/^\S{12,}$/);
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'web-1' })).toBeVisible();
  await expect(page.getByText('Running', { exact: true })).toBeVisible();
});

test('the serial console shows what comes and sends what is typed', async ({ page }) => {
  await signInAs(page, product.url);
  await page.goto(`${product.url}/virtual-machines`);
  await page.getByRole('link', { name: 'web-1' }).click();
  await page.getByRole('tab', { name: 'Serial console' }).click();
  await expect(page.getByText('Connected', { exact: true })).toBeVisible();
  const screen = page.getByRole('tabpanel');
  await expect(screen).toContainText('web-1 login:');
  await page.keyboard.type('operator');
  await expect(screen).toContainText('web-1 login: operator');
});

test('a machine is suspended and goes on, is given a schedule and a lease', async ({ page }) => {
  await signInAs(page, product.url);
  await page.goto(`${product.url}/virtual-machines`);
  await page.getByRole('link', { name: 'web-1' }).click();
  const choose = async (command: string) => {
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: command, exact: true }).click();
  };
  await choose('Suspend');
  await expect(page.getByText('Suspended', { exact: true })).toBeVisible();
  await choose('Resume');
  await expect(page.getByText('Running', { exact: true })).toBeVisible();

  await page.getByRole('tab', { name: 'Automation' }).click();
  await page.getByRole('button', { name: 'Add schedule' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('What is done').selectOption('Stop');
  await dialog.getByLabel('When').selectOption('Weekdays at 20:00');
  await dialog.getByRole('button', { name: 'Add schedule' }).click();
  await expect(page.getByRole('cell', { name: /0 20 \* \* MON-FRI/ })).toBeVisible();
  await page.getByRole('button', { name: 'Set lease' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Set lease' }).click();
  await expect(page.getByText('It is stopped at')).toBeVisible();
});

test('a host is emptied for maintenance while its machine runs on, and takes machines again', async ({
  page,
}) => {
  const { machine: guest } = await deploy(admin, { ...machine, name: 'guest' });
  const hostOf = async () => {
    const { virtualMachine } = await admin.ask<{ virtualMachine: { host: { name: string } } }>(
      'query ($id: ID!) { virtualMachine(id: $id) { host { name } } }',
      { id: guest.id },
    );
    return virtualMachine.host.name;
  };
  const from = await hostOf();
  await signInAs(page, product.url);
  await page.goto(`${product.url}/hosts`);
  await page.getByRole('link', { name: from, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: from })).toBeVisible();
  const choose = async (command: string) => {
    await page.getByRole('button', { name: 'Actions' }).click();
    await page.getByRole('menuitem', { name: command, exact: true }).click();
  };
  await choose('Empty for maintenance');
  await page.getByRole('dialog').getByRole('button', { name: 'Empty for maintenance' }).click();
  await expect(page.getByText('In maintenance', { exact: true })).toBeVisible();
  await expect(
    page.getByRole('article', { name: 'Empty host for maintenance' }).getByText('Succeeded', { exact: true }),
  ).toBeVisible();
  expect(await hostOf()).not.toBe(from);
  await choose('End maintenance');
  await expect(page.getByText('Takes machines', { exact: true })).toBeVisible();
});
