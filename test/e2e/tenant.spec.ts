import { expect, type Page, test } from '@playwright/test';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { registerTemplate } from '../support/machines.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
import { headerOf, rowOf, signInAs } from './console-pages.ts';
import { createZone } from './zones.ts';

test.describe.configure({ mode: 'serial' });

let product: Product;
let admin: ApiClient;
let page: Page;
let strangersMachine: string;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  page = await browser.newPage();
  product = await startProduct({ driver: 'simulator' });
  admin = await signIn(product.url, 'admin', adminPassword);
  const zoneId = await createZone(admin, product.dataFolder);
  const templateId = await registerTemplate(admin, zoneId);
  strangersMachine = await aMachineOfTheAdmin(zoneId, templateId);
  await aTenantWithLimits();
});

test.afterAll(async () => {
  await page.close();
  await admin.close();
  await product.stop({ machines: 'destroy' });
});

async function aMachineOfTheAdmin(zoneId: string, templateId: string): Promise<string> {
  const { serviceOfferings } = await admin.ask<{ serviceOfferings: { nodes: { id: string }[] } }>(
    '{ serviceOfferings(first: 1) { nodes { id } } }',
  );
  const input = { name: 'not-yours', zoneId, templateId, serviceOfferingId: serviceOfferings.nodes[0]!.id };
  const { deployVirtualMachine } = await admin.ask<{
    deployVirtualMachine: { virtualMachine: { id: string } };
  }>(
    'mutation ($input: DeployVirtualMachineInput!) { deployVirtualMachine(input: $input) { virtualMachine { id } } }',
    { input },
  );
  return deployVirtualMachine.virtualMachine.id;
}

/** Somebody with the role User, who may have two machines. */
async function aTenantWithLimits(): Promise<void> {
  const { domains } = await admin.ask<{ domains: { nodes: { id: string }[] } }>(
    '{ domains(first: 1, orderBy: { field: PATH }) { nodes { id } } }',
  );
  const { createAccount } = await admin.ask<{ createAccount: { account: { id: string } } }>(
    'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }',
    {
      input: {
        ...{ domainId: domains.nodes[0]!.id, name: 'bakery', username: 'bella' },
        ...{ password: adminPassword, mustChangePassword: false },
      },
    },
  );
  await admin.ask(
    'mutation ($input: UpdateResourceLimitInput!) { updateResourceLimit(input: $input) { __typename } }',
    { input: { ownerId: createAccount.account.id, resource: 'VIRTUAL_MACHINE', maximum: '2' } },
  );
}

const navigation = () => page.getByRole('navigation', { name: 'Navigation' });
const panel = (name: string) => page.getByRole('region', { name, exact: true });

test('who has nothing yet is told what to do first, and sees only what is for tenants', async () => {
  await signInAs(page, product.url, 'bella');
  await expect(panel('First steps').getByRole('link')).toHaveCount(4);
  await expect(panel('Limits')).toContainText('0 of 2');
  await expect(panel('Jobs')).toContainText('No job has run yet');
  await expect(navigation().getByRole('link', { name: 'Virtual machines' })).toBeVisible();
  for (const name of ['Hosts', 'Storage pools', 'Topology', 'Settings', 'Agents'])
    await expect(navigation().getByRole('link', { name, exact: true })).toHaveCount(0);
});

test('makes a key, and a machine that lets in whoever has it', async () => {
  await page.getByRole('link', { name: /^2 Add your SSH key/ }).click();
  await page.getByRole('button', { name: 'Add SSH key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('laptop');
  await dialog.getByText('Make a new one').click();
  await dialog.getByRole('button', { name: 'Add SSH key' }).click();
  await expect(page.getByRole('region', { name: 'Private key' })).toContainText('OPENSSH PRIVATE KEY');
  await page.getByRole('button', { name: 'I have kept it' }).click();

  await navigation().getByRole('link', { name: 'Dashboard' }).click();
  await page.getByRole('link', { name: /^1 Create your first machine/ }).click();
  await page.getByRole('radio', { name: /^tiny/ }).first().check();
  await page
    .getByRole('group', { name: /Offering/ })
    .getByRole('radio', { name: /^small/ })
    .check();
  await page.getByLabel('Name', { exact: true }).fill('shop');
  await page.getByText('Advanced').click();
  await page.getByRole('checkbox', { name: 'laptop' }).check();
  await page.getByRole('button', { name: 'Add data disk' }).click();
  await expect(page.getByText('0 → 1 of 2', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'shop' })).toBeVisible();
  await expect(headerOf(page).getByText('Running', { exact: true })).toBeVisible();
});

test('works on it: its console, its disks, a snapshot to go back to', async () => {
  await page.getByRole('tab', { name: 'Serial console' }).click();
  await expect(page.getByRole('tabpanel')).toContainText('shop login:');
  await page.getByRole('tab', { name: 'Disks' }).click();
  const disks = page.getByRole('table', { name: 'Disks' });
  await expect(disks.getByRole('row')).toHaveCount(3);
  // What disks lie on is the operators' business.
  await expect(disks.getByRole('columnheader', { name: 'Storage' })).toHaveCount(0);
  await page.getByRole('tab', { name: 'Snapshots' }).click();
  await page.getByRole('button', { name: 'Take snapshot' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('before');
  await page.getByRole('dialog').getByRole('button', { name: 'Take snapshot' }).click();
  await expect(
    page.getByRole('article', { name: 'before' }).getByText('The machine stands on it'),
  ).toBeVisible();
});

test('is shown on the dashboard what there is, what was done, and what is left of the limits', async () => {
  await navigation().getByRole('link', { name: 'Dashboard' }).click();
  const counts = page.getByRole('region', { name: 'Virtual machines' });
  await expect(counts.getByRole('link', { name: /1\s*Running/ })).toBeVisible();
  await expect(panel('Limits')).toContainText('1 of 2');
  await expect(panel('Jobs').getByRole('link', { name: 'Take machine snapshot' })).toBeVisible();
  await panel('Jobs').getByRole('link', { name: 'shop', exact: true }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: 'shop' })).toBeVisible();
});

test('does not see what is somebody else’s, by lists, by search or by address', async () => {
  await navigation().getByRole('link', { name: 'Virtual machines' }).click();
  await expect(rowOf(page, 'shop')).toBeVisible();
  await expect(rowOf(page, 'not-yours')).toHaveCount(0);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Go to' }).fill('not-yours');
  await expect(page.getByText('Nothing is called that, and nothing does that.')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.goto(`${product.url}/virtual-machines/${strangersMachine}`);
  await expect(page.getByRole('main')).toContainText('There is no such machine');
  await page.goto(`${product.url}/hosts`);
  await expect(page.getByRole('main')).toContainText('It takes the right host.list');
});

test('a third machine is one too many; one that is destroyed makes room', async () => {
  const create = async (name: string) => {
    await page.goto(`${product.url}/virtual-machines/new`);
    await page.getByRole('radio', { name: /^tiny/ }).first().check();
    await page
      .getByRole('group', { name: /Offering/ })
      .getByRole('radio', { name: /^small/ })
      .check();
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByRole('button', { name: 'Create', exact: true }).click();
  };
  await create('oven');
  await expect(headerOf(page).getByText('Running', { exact: true })).toBeVisible();
  await create('counter');
  await expect(page.getByRole('alert')).toContainText('Limit reached: Virtual machines');

  await page.goto(`${product.url}/virtual-machines`);
  await page.getByRole('button', { name: 'Actions for oven' }).click();
  await page.getByRole('menuitem', { name: 'Destroy' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Destroy' }).click();
  await expect(rowOf(page, 'oven')).toContainText('In the recycle bin');
  await page.getByRole('button', { name: 'Actions for oven' }).click();
  await page.getByRole('menuitem', { name: 'Expunge' }).click();
  await page.getByRole('dialog').getByLabel('Type oven to confirm').fill('oven');
  await page.getByRole('dialog').getByRole('button', { name: 'Expunge' }).click();
  await expect(rowOf(page, 'oven')).toHaveCount(0);
  await create('counter');
  await expect(page.getByRole('heading', { level: 1, name: 'counter' })).toBeVisible();
});
