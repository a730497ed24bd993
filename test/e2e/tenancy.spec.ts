import { expect, type Browser, type Page, test } from '@playwright/test';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { fillDeployForm } from '../support/deploy-form.ts';
import { registerTemplate } from '../support/machines.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
import { findBarriers } from './accessibility.ts';
import { Authenticator } from './authenticator.ts';
import { rowOf, signInAs } from './console-pages.ts';
import { openEveryList } from './empty-pages.ts';
import { createZone } from './zones.ts';

test.describe.configure({ mode: 'serial' });

const domainAdminRole = 'role_00000000000000000000000007';
const userPassword = 'seven green bottles';

let product: Product;
let admin: ApiClient;
let customerId: string;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  product = await startProduct({ driver: 'simulator' });
  admin = await signIn(product.url, 'admin', adminPassword);
  await registerTemplate(admin, await createZone(admin, product.dataFolder));
  const { domains } = await admin.ask<{ domains: { nodes: { id: string }[] } }>(
    '{ domains(first: 1, orderBy: { field: PATH }) { nodes { id } } }',
  );
  const { createDomain } = await admin.ask<{ createDomain: { domain: { id: string } } }>(
    'mutation ($input: CreateDomainInput!) { createDomain(input: $input) { domain { id } } }',
    { input: { parentId: domains.nodes[0]!.id, name: 'customer' } },
  );
  customerId = createDomain.domain.id;
  await anAccount({ name: 'customer-admins', username: 'chief', roleId: domainAdminRole });
});

test.afterAll(async () => {
  await admin.close();
  await product.stop({ machines: 'destroy' });
});

/** An account of the customer's domain, with one user. @returns its id */
async function anAccount(input: { name: string; username: string; roleId?: string }): Promise<string> {
  const { createAccount } = await admin.ask<{ createAccount: { account: { id: string } } }>(
    'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }',
    { input: { domainId: customerId, password: adminPassword, mustChangePassword: false, ...input } },
  );
  return createAccount.account.id;
}

/** The page of somebody else, who does not share cookies with the first. */
async function anotherPage(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

function navigation(page: Page) {
  return page.getByRole('navigation', { name: 'Navigation' });
}

/** Fills in the form of a machine and sends it. */
async function deploy(page: Page, name: string): Promise<void> {
  await page.goto(`${product.url}/virtual-machines/new`);
  await fillDeployForm(page, name);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
}

test('a domain admin makes an account with limits; its user signs in with a second factor, and is stopped at the limit by a message that names it', async ({
  page,
  browser,
}) => {
  test.setTimeout(180_000);
  let link = '';
  await test.step('the admin makes the account, with a limit of one machine', async () => {
    await signInAs(page, product.url, 'chief');
    await navigation(page).getByRole('link', { name: 'Accounts' }).click();
    await page.getByRole('button', { name: 'Create account' }).click();
    const dialog = page.getByRole('dialog', { name: 'Create account' });
    await dialog.getByLabel('Name of the account').fill('web-shop');
    await expect(dialog.getByRole('combobox', { name: 'Domain' })).toHaveValue('/customer');
    await dialog.getByLabel('User name').fill('Not a user name');
    await dialog.getByText('Limits', { exact: true }).click();
    await dialog.getByLabel('Virtual machines').fill('1');
    await dialog.getByRole('button', { name: 'Create account' }).click();
    await expect(dialog.getByText(/^1 to 64 lower-case letters/)).toBeVisible();
    await dialog.getByLabel('User name').fill('wendy');
    expect(await findBarriers(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Create account' }).click();
    const made = page.getByRole('dialog', { name: 'Account web-shop was created' });
    link = await made.getByRole('region', { name: 'One-time link' }).innerText();
    expect(link).toContain(`${product.url}/setup#`);
    expect(await findBarriers(page)).toEqual([]);
    // What is shown only once does not go away by a slip.
    await page.keyboard.press('Escape');
    await made.getByRole('button', { name: 'To the account' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'web-shop' })).toBeVisible();
    await page.getByRole('tab', { name: 'Limits' }).click();
    await expect(page.getByRole('row', { name: /^Virtual machines/ })).toContainText('0 of 1');
  });

  const user = await anotherPage(browser);
  let app: Authenticator;
  await test.step('the user sets a password by the link, and sets up a second factor', async () => {
    await user.goto(link);
    await user.getByLabel('Password', { exact: true }).fill(userPassword);
    await user.getByLabel('Password again').fill(userPassword);
    await user.getByRole('button', { name: 'Set password and sign in' }).click();
    await expect(user.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible();
    await user.goto(`${product.url}/profile`);
    await user.getByRole('button', { name: 'Set up' }).click();
    await user.getByLabel('Current password').fill(userPassword);
    await user.getByRole('button', { name: 'Next' }).click();
    app = new Authenticator(await user.getByRole('region', { name: 'Secret for the app' }).innerText());
    await user.getByLabel('Code', { exact: true }).fill(app.next());
    await user.getByRole('button', { name: 'Turn on' }).click();
    await user.getByRole('button', { name: 'I have kept them' }).click();
    await user.getByRole('button', { name: 'User menu' }).click();
    await user.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(user.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
  });

  await test.step('the user signs in with both', async () => {
    await user.goto(`${product.url}/sign-in`);
    await user.getByLabel('User name').fill('wendy');
    await user.getByLabel('Password').fill(userPassword);
    await user.getByRole('button', { name: 'Sign in', exact: true }).click();
    await user.getByLabel('Code', { exact: true }).fill(app.next());
    await user.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(user.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible();
  });

  await test.step('one machine is made, and the admin sees the limit reached, with no reload', async () => {
    await deploy(user, 'shop-1');
    await expect(user.getByRole('heading', { level: 1, name: 'shop-1' })).toBeVisible();
    await expect(
      user.getByRole('article', { name: 'Create machine' }).getByText('Succeeded', { exact: true }),
    ).toBeVisible();
    const row = page.getByRole('row', { name: /^Virtual machines/ });
    await expect(row).toContainText('1 of 1');
    await expect(row).toContainText('Reached');
  });

  await test.step('the second is refused, and the message names the limit', async () => {
    await deploy(user, 'shop-2');
    const alert = user.getByRole('alert');
    await expect(alert).toContainText('Limit reached: Virtual machines');
    await expect(alert).toContainText('Account web-shop may have 1, has 1, and would need 1 more.');
    expect(await findBarriers(user)).toEqual([]);
    await user.getByRole('button', { name: 'Language' }).click();
    await user.getByRole('menuitemradio', { name: '简体中文' }).click();
    await expect(alert).toContainText('已达到限额：虚拟机实例');
    await expect(alert).toContainText('账户 web-shop 最多可有 1，已有 1，还需要 1。');
    await alert.getByRole('link', { name: '查看限额' }).click();
    await expect(user.getByRole('heading', { level: 1, name: '限额' })).toBeVisible();
    await expect(user.getByRole('row', { name: /^虚拟机实例/ })).toContainText('已达上限');
  });

  await test.step('the admin raises the limit, and there is room again', async () => {
    await page.getByRole('button', { name: 'Change limit: Virtual machines' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('At most').fill('two');
    await expect(dialog.getByText('Type a number, 0 or more.')).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
    await dialog.getByLabel('At most').fill('2');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('row', { name: /^Virtual machines/ })).toContainText('1 of 2');
    await user.reload();
    await expect(user.getByRole('row', { name: /^虚拟机实例/ })).toContainText('1 / 2');
    // Those that one is under oneself are only looked at.
    await expect(user.getByRole('button', { name: /^修改限额/ })).toHaveCount(0);
  });
  await user.context().close();
});

test('locking an account signs its users out at once, and enabling it lets them in again', async ({
  page,
  browser,
}) => {
  await anAccount({ name: 'locked-soon', username: 'larry' });
  const user = await anotherPage(browser);
  await signInAs(user, product.url, 'larry');
  // Roles and accounts of others are no business of a user.
  await expect(navigation(user).getByRole('link', { name: 'Limits' })).toBeVisible();
  await user.goto(`${product.url}/accounts`);
  await expect(user.getByRole('row')).toHaveCount(2);
  await expect(user.getByRole('button', { name: 'Create account' })).toHaveCount(0);
  await expect(user.getByRole('button', { name: /^Actions for/ })).toHaveCount(0);

  await signInAs(page, product.url, 'chief');
  await page.goto(`${product.url}/accounts`);
  await page.getByRole('button', { name: 'Actions for locked-soon' }).click();
  await page.getByRole('menuitem', { name: 'Lock' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Lock' }).click();
  await expect(rowOf(page, 'locked-soon').getByText('Locked', { exact: true })).toBeVisible();
  await expect(user.getByText('Your session has ended.')).toBeVisible();

  await page.getByRole('button', { name: 'Actions for locked-soon' }).click();
  await page.getByRole('menuitem', { name: 'Enable' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Enable' }).click();
  await expect(rowOf(page, 'locked-soon').getByText('Enabled', { exact: true })).toBeVisible();
  await signInAs(user, product.url, 'larry');
  await user.context().close();
});

test('domains are made, found with the keyboard, renamed, and deleted with all that is in them', async ({
  page,
}) => {
  await signInAs(page, product.url, 'chief');
  await navigation(page).getByRole('link', { name: 'Domains' }).click();
  await page.getByRole('button', { name: 'Create subdomain' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('two words');
  await page.getByRole('dialog').getByRole('button', { name: 'Create subdomain' }).click();
  await expect(page.getByRole('dialog').getByText(/^1 to 64 letters/)).toBeVisible();
  await page.getByRole('dialog').getByLabel('Name').fill('branch');
  await page.getByRole('dialog').getByRole('button', { name: 'Create subdomain' }).click();
  await expect(page.getByRole('heading', { level: 2, name: '/customer/branch', exact: true })).toBeVisible();

  const tree = page.getByRole('tree', { name: 'Domains' });
  const item = (name: string) => tree.getByRole('treeitem', { name, exact: true });
  await expect(item('branch')).toHaveAttribute('aria-selected', 'true');
  await item('branch').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(item('customer')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(item('customer')).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 2, name: '/customer', exact: true })).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await expect(item('branch')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 2, name: '/customer/branch', exact: true })).toBeVisible();

  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('twig');
  await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByRole('heading', { level: 2, name: '/customer/twig', exact: true })).toBeVisible();
  await expect(item('twig')).toBeVisible();

  const domainId = /dom_\w+/.exec(page.url())![0];
  await admin.ask(
    'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }',
    { input: { domainId, name: 'leaf', username: 'leaf' } },
  );
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('term').filter({ hasText: 'Accounts' })).toBeVisible();
  const remove = dialog.getByRole('button', { name: 'Delete all of it' });
  await expect(remove).toBeDisabled();
  expect(await findBarriers(page)).toEqual([]);
  await dialog.getByLabel('Type twig to confirm').fill('twig');
  await remove.click();
  await expect(item('twig')).toHaveCount(0);
  await page.getByRole('button', { name: /^Jobs/ }).click();
  await expect(
    page.getByRole('dialog').getByRole('article', { name: 'Delete domain' }).getByText('Succeeded'),
  ).toBeVisible();
});

test('a role is copied, its rules are changed from the keyboard, and one in use stays', async ({ page }) => {
  await signInAs(page, product.url);
  await navigation(page).getByRole('link', { name: 'Roles' }).click();
  await page.getByRole('link', { name: 'Root Admin', exact: true }).click();
  await expect(page.getByText('It belongs to Nephos', { exact: false })).toBeVisible();
  await expect(page.getByRole('textbox')).toHaveCount(0);
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Careful Admin');
  await page.getByRole('dialog').getByRole('button', { name: 'Create role' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Careful Admin' })).toBeVisible();
  const roleId = /role_\w+/.exec(page.url())![0];

  const preview = page.getByRole('region', { name: 'What it allows' });
  await page.getByRole('button', { name: 'Add rule' }).click();
  await expect(page.getByLabel('Rule 2: permissions')).toBeFocused();
  await page.keyboard.type('virtualMachine.expunge');
  await page.getByLabel('Rule 2: allow or deny').selectOption('Deny');
  await expect(page.getByText('Decides nothing', { exact: false })).toBeVisible();
  await page.getByLabel('Rule 2: permissions').focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(page.getByLabel('Rule 1: permissions')).toBeFocused();
  await expect(page.getByLabel('Rule 1: permissions')).toHaveValue('virtualMachine.expunge');
  await preview.getByRole('button', { name: /^virtualMachine\b/ }).click();
  const expunge = preview.getByRole('listitem').filter({ hasText: /^virtualMachine\.expunge/ });
  await expect(expunge).toContainText('Denied');
  await expect(expunge).toContainText('by rule 1: virtualMachine.expunge');
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Role Careful Admin was saved.')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Rule 1: permissions')).toHaveValue('virtualMachine.expunge');

  await admin.ask(
    'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }',
    { input: { name: 'careful', username: 'careful', roleId } },
  );
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('link', { name: 'Accounts that have it: 1' })).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Delete' })).toBeDisabled();
  await page.keyboard.press('Escape');

  await page.getByLabel('Description').fill('Does not expunge');
  await admin.ask('mutation ($input: UpdateRoleInput!) { updateRole(input: $input) { role { id } } }', {
    input: { id: roleId, name: 'Very Careful Admin' },
  });
  await expect(page.getByText('Somebody else changed it meanwhile')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Both values' })).toContainText('Very Careful Admin');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Role Very Careful Admin was saved.')).toBeVisible();
  await expect(page.getByLabel('Description')).toHaveValue('Does not expunge');
});

test('a user who lost the second factor gets a new password by a link', async ({ page, browser }) => {
  await anAccount({ name: 'forgetful', username: 'frank' });
  await signInAs(page, product.url, 'chief');
  await page.goto(`${product.url}/users?q=frank`);
  await page.getByRole('link', { name: 'frank', exact: true }).click();
  await page.getByRole('button', { name: 'Actions', exact: true }).click();
  await expect(page.getByRole('menuitem', { name: /^Reset second factor/ })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await page.getByRole('menuitem', { name: 'Reset password' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Reset password' }).click();
  const link = await page.getByRole('region', { name: 'One-time link' }).innerText();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  const user = await anotherPage(browser);
  await user.goto(link);
  await user.getByLabel('Password', { exact: true }).fill(userPassword);
  await user.getByLabel('Password again').fill(userPassword);
  await user.getByRole('button', { name: 'Set password and sign in' }).click();
  await expect(user.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Sessions' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('table', { name: 'Sessions' }).getByRole('row')).toHaveCount(2);
  await user.context().close();
});

test('a tenant who has nothing is told on every list why it is empty, and what to do', async ({
  browser,
}) => {
  test.setTimeout(180_000);
  await anAccount({ name: 'newcomers', username: 'newcomer' });
  const page = await anotherPage(browser);
  await signInAs(page, product.url, 'newcomer');
  const shown = await openEveryList(page, product.url);
  const faults = [...shown].flatMap(([route, each]) => each.faults.map((fault) => `${route}: ${fault}`));
  expect(faults).toEqual([]);
  const kindsOf = (...routes: string[]) => routes.map((route) => shown.get(route)?.kind);
  expect(kindsOf('/virtual-machines', '/volumes', '/ssh-keys', '/budgets')).toEqual(Array(4).fill('empty'));
  expect(kindsOf('/hosts', '/storage', '/agents', '/system')).toEqual(Array(4).fill('no permission'));
  await page.context().close();
});
