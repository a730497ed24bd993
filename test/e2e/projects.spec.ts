import { expect, type Page, test } from '@playwright/test';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { registerTemplate } from '../support/machines.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
import { findBarriers } from './accessibility.ts';
import { headerOf, remember, rowOf, signInAs } from './console-pages.ts';
import { createZone } from './zones.ts';

test.describe.configure({ mode: 'serial' });

let product: Product;
let admin: ApiClient;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  product = await startProduct({ driver: 'simulator' });
  admin = await signIn(product.url, 'admin', adminPassword);
  await registerTemplate(admin, await createZone(admin, product.dataFolder));
  for (const name of ['alice', 'bob']) {
    await admin.ask(
      'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }',
      { input: { name, username: name, password: adminPassword, mustChangePassword: false } },
    );
  }
});

test.afterAll(async () => {
  await admin.close();
  await product.stop({ machines: 'destroy' });
});

const switcher = (page: Page) => page.getByRole('button', { name: /^Working in/ });

async function switchTo(page: Page, name: string): Promise<void> {
  await switcher(page).click();
  await page.getByRole('option', { name }).click();
  await expect(switcher(page)).toHaveAccessibleName(`Working in: ${name}`);
}

async function openProject(page: Page): Promise<void> {
  await page.goto(`${product.url}/projects`);
  await page.getByRole('link', { name: 'web-shop' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'web-shop' })).toBeVisible();
}

async function chooseAction(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  await page.getByRole('menuitem', { name }).click();
}

async function invite(page: Page, account: string, role: string): Promise<void> {
  await page.getByRole('region', { name: 'Members' }).getByRole('button', { name: 'Invite' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name of the account').fill(account);
  await dialog.getByRole('radio', { name: role }).check();
  await dialog.getByRole('button', { name: 'Invite' }).click();
  await expect(page.getByRole('region', { name: 'Open invitations' }).getByText(account)).toBeVisible();
}

test('makes a project, and invites an account by its name', async ({ page }) => {
  await signInAs(page, product.url, 'alice');
  await expect(switcher(page)).toBeHidden();
  await page.goto(`${product.url}/projects`);
  await page.getByRole('main').getByRole('button', { name: 'Create project' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill('web-shop');
  await page.getByRole('dialog').getByRole('button', { name: 'Create project' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'web-shop' })).toBeVisible();
  await expect(page.getByRole('row', { name: /^alice \(you\)/ })).toContainText('Project admin');
  await invite(page, 'bob', 'Viewer');
  await page.getByRole('button', { name: 'Revoke the invitation of bob' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByRole('region', { name: 'Open invitations' })).toBeHidden();
  await invite(page, 'bob', 'Viewer');
});

test('works in the project: lists and new machines are of it, after a reload too', async ({ page }) => {
  await signInAs(page, product.url, 'alice');
  await switchTo(page, 'web-shop');
  await page.goto(`${product.url}/virtual-machines/new`);
  await page
    .getByRole('group', { name: /^Source/ })
    .getByText('tiny')
    .click();
  await page.getByLabel('Name').fill('shop-1');
  await expect(page.getByText('Project web-shop')).toBeVisible();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'shop-1' })).toBeVisible();
  await page.goto(`${product.url}/virtual-machines`);
  await expect(rowOf(page, 'shop-1')).toContainText('Running');
  await expect(page).toHaveURL(/\/virtual-machines$/);
  await page.getByLabel('Find by name or ID').fill('shop');
  await expect(page).toHaveURL(/q=shop&project=proj_/);
  await page.reload();
  await expect(rowOf(page, 'shop-1')).toBeVisible();
  await switchTo(page, 'My account');
  await expect(page).toHaveURL(/q=shop$/);
  await expect(page.getByText('Nothing matches the filter')).toBeVisible();
  await expect(rowOf(page, 'shop-1')).toBeHidden();
});

test('answers an invitation; who only looks is told why nothing can be made', async ({ page }) => {
  await signInAs(page, product.url, 'bob');
  await page.getByRole('button', { name: 'Accept the invitation to web-shop' }).click();
  await expect(page.getByText('Your account takes part in web-shop now.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Accept the invitation to web-shop' })).toBeHidden();
  await switchTo(page, 'web-shop');
  await page.goto(`${product.url}/virtual-machines`);
  await expect(rowOf(page, 'shop-1')).toBeVisible();
  const create = page.getByRole('button', { name: /^Create machine/ });
  await expect(create).toHaveAttribute('aria-disabled', 'true');
  await expect(create).toHaveAccessibleName(/You may only look at project web-shop/);
  await create.click({ force: true });
  await expect(page).toHaveURL(/\/virtual-machines$/);
});

for (const theme of ['light', 'dark'] as const) {
  test(`has no barriers that axe finds, in the ${theme} theme`, async ({ page }) => {
    await remember(page, { locale: 'en', theme });
    await signInAs(page, product.url, 'alice');
    const barriers: string[] = [];
    const look = async (name: string) =>
      barriers.push(...(await findBarriers(page)).map((barrier) => `${name}: ${barrier}`));
    await switcher(page).click();
    await expect(page.getByRole('option', { name: 'web-shop' })).toBeVisible();
    await look('switcher');
    await page.keyboard.press('Escape');
    await openProject(page);
    await look('project');
    await page.getByRole('button', { name: 'Actions for bob' }).click();
    await look('menu of a member');
    await page.keyboard.press('Escape');
    for (const [action, title] of [
      ['Invite', 'Invite to web-shop'],
      ['Suspend', 'Suspend project web-shop?'],
      ['Delete', 'Delete project web-shop?'],
    ] as const) {
      await chooseAction(page, action);
      await expect(page.getByRole('dialog', { name: title })).toBeVisible();
      await look(title);
      await page.keyboard.press('Escape');
    }
    expect(barriers).toEqual([]);
  });
}

test('changes a role, and suspends the project, which everybody sees at once', async ({ page, browser }) => {
  const bob = await browser.newPage();
  await signInAs(bob, product.url, 'bob');
  await switchTo(bob, 'web-shop');
  await signInAs(page, product.url, 'alice');
  await openProject(page);
  await page.getByRole('button', { name: 'Actions for bob' }).click();
  await page.getByRole('menuitemradio', { name: 'Member' }).click();
  await expect(page.getByRole('row', { name: /^bob/ })).toContainText('Member');
  await bob.getByRole('link', { name: 'Virtual machines' }).first().click();
  await expect(bob.getByRole('link', { name: 'Create machine' })).toBeVisible();
  await chooseAction(page, 'Suspend');
  await expect(page.getByRole('dialog')).toContainText('1 running');
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
  await expect(headerOf(page).getByText('Suspended', { exact: true })).toBeVisible();
  await expect(bob.getByRole('button', { name: /^Create machine.*is suspended/ })).toBeVisible();
  await chooseAction(page, 'Activate');
  await page.getByRole('dialog').getByRole('button', { name: 'Activate' }).click();
  await expect(bob.getByRole('link', { name: 'Create machine' })).toBeVisible();
  await bob.close();
});

test('leaves a project, and deletes it with its name typed', async ({ page, browser }) => {
  const bob = await browser.newPage();
  await signInAs(bob, product.url, 'bob');
  await openProject(bob);
  await chooseAction(bob, 'Leave project');
  await bob.getByRole('dialog').getByRole('button', { name: 'Leave project' }).click();
  await expect(bob.getByText('No projects yet')).toBeVisible();
  await expect(switcher(bob)).toBeHidden();
  await bob.close();
  await signInAs(page, product.url, 'alice');
  await openProject(page);
  await chooseAction(page, 'Delete');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Virtual machines')).toBeVisible();
  const button = dialog.getByRole('button', { name: 'Delete' });
  await expect(button).toBeDisabled();
  await dialog.getByLabel('Type web-shop to confirm').fill('web-shop');
  await button.click();
  await expect(page.getByText('No projects yet')).toBeVisible();
});
