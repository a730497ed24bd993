import { expect, type Page, test } from '@playwright/test';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
import { findBarriers } from './accessibility.ts';
import { Authenticator } from './authenticator.ts';
import { signInAs, watchForReload } from './console-pages.ts';

test.describe.configure({ mode: 'serial' });

const givenPassword = 'given by somebody else';

let product: Product;
let admin: ApiClient;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  product = await startProduct({ driver: 'simulator' });
  admin = await signIn(product.url, 'admin', adminPassword);
});

test.afterAll(async () => {
  await admin.close();
  await product.stop({ machines: 'destroy' });
});

interface Person {
  accountId: string;
  userId: string;
}

/** An account with one user of the same name, in the role User. */
async function anAccount(username: string, options: Record<string, unknown> = {}): Promise<Person> {
  const { createAccount } = await admin.ask<{
    createAccount: { account: { id: string; users: { id: string }[] } };
  }>(
    'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id users { id } } } }',
    { input: { name: username, username, password: adminPassword, mustChangePassword: false, ...options } },
  );
  const { id, users } = createAccount.account;
  return { accountId: id, userId: users[0]!.id };
}

async function setSetting(key: string, value: string | null): Promise<void> {
  await admin.ask(
    'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { key } } }',
    { input: { key, value } },
  );
}

/** Fills in the first step of the sign-in page. */
async function enterPassword(page: Page, username: string, password = adminPassword): Promise<void> {
  await page.goto(`${product.url}/sign-in`);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'User menu' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
}

function dashboard(page: Page) {
  return page.getByRole('heading', { level: 1, name: 'Dashboard' });
}

/** Goes through the steps of setting up a second factor. @returns the app, and the recovery codes that were shown */
async function enrol(page: Page): Promise<{ app: Authenticator; codes: string[] }> {
  await page.getByLabel('Current password').fill(adminPassword);
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page.getByRole('img', { name: 'QR code for the authenticator app' })).toBeVisible();
  expect(await findBarriers(page)).toEqual([]);
  const app = new Authenticator(await page.getByRole('region', { name: 'Secret for the app' }).innerText());
  await expect(page.getByLabel('Code', { exact: true })).toBeFocused();
  await page.getByLabel('Code', { exact: true }).fill(app.next());
  await page.getByRole('button', { name: 'Turn on' }).click();
  const list = page.getByRole('list', { name: 'Recovery codes' });
  await expect(list.getByRole('listitem')).toHaveCount(10);
  expect(await findBarriers(page)).toEqual([]);
  const codes = await list.getByRole('listitem').allInnerTexts();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^nephos-\w+-recovery-codes\.txt$/);
  await page.getByRole('button', { name: 'I have kept them' }).click();
  return { app, codes };
}

test('a password that somebody else set is changed before anything else', async ({ page }) => {
  await anAccount('paula', { password: givenPassword, mustChangePassword: true });
  await enterPassword(page, 'paula', givenPassword);
  const heading = page.getByRole('heading', { level: 1, name: 'Change your password first' });
  await expect(heading).toBeVisible();
  await expect(page.getByRole('navigation')).toHaveCount(0);
  expect(await findBarriers(page)).toEqual([]);
  await page.goto(`${product.url}/virtual-machines`);
  await expect(heading).toBeVisible();

  const change = page.getByRole('button', { name: 'Change password' });
  await page.getByLabel('Current password').fill(givenPassword);
  await page.getByLabel('New password').fill('paula has a password');
  await page.getByLabel('Password again').fill('paula has a password');
  await change.click();
  await expect(page.getByText('The password must not contain the user name.')).toBeVisible();
  await page.getByLabel('New password').fill(adminPassword);
  await page.getByLabel('Password again').fill(adminPassword);
  await change.click();
  await expect(page.getByRole('heading', { level: 1, name: 'Virtual machines' })).toBeVisible();
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
});

let paula: { app: Authenticator; codes: string[] };

test('sets up a second factor in the profile', async ({ page }) => {
  await signInAs(page, product.url, 'paula');
  await page.getByRole('button', { name: 'User menu' }).click();
  await page.getByRole('menuitem', { name: 'Your profile' }).click();
  const panel = page.getByRole('region', { name: 'Second factor' });
  await expect(panel.getByText('Off', { exact: true })).toBeVisible();
  await panel.getByRole('button', { name: 'Set up' }).click();
  paula = await enrol(page);
  await expect(panel.getByText('On', { exact: true })).toBeVisible();
  await expect(panel.getByText('Recovery codes left: 10')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Sign-in history' }).getByRole('row')).not.toHaveCount(1);
});

test('signs in with password and code, and with a recovery code once', async ({ page }) => {
  await enterPassword(page, 'paula');
  await expect(page.getByRole('heading', { level: 1, name: 'Second factor' })).toBeVisible();
  expect(await findBarriers(page)).toEqual([]);
  const code = page.getByLabel('Code', { exact: true });
  const submit = page.getByRole('button', { name: 'Sign in', exact: true });
  await code.fill('000000');
  await submit.click();
  await expect(page.getByRole('alert')).toHaveText(
    'The code is wrong, or was used already. Attempts left: 4.',
  );
  await expect(code).toBeFocused();
  await code.fill(paula.app.next());
  await submit.click();
  await expect(dashboard(page)).toBeVisible();
  await signOut(page);

  await enterPassword(page, 'paula');
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  await page.getByLabel('Recovery code').fill(paula.codes[0]!.toUpperCase());
  await submit.click();
  await expect(dashboard(page)).toBeVisible();
  await signOut(page);

  await enterPassword(page, 'paula');
  await page.getByRole('button', { name: 'Use a recovery code' }).click();
  await page.getByLabel('Recovery code').fill(paula.codes[0]!);
  await submit.click();
  await expect(page.getByRole('alert')).toContainText('was used already');
  await page.getByRole('button', { name: 'Back' }).click();
  await expect(page.getByLabel('User name')).toHaveValue('paula');
});

test('a second factor that everybody must have is set up before anything else', async ({ page }) => {
  await anAccount('quentin');
  await setSetting('second.factor.required', 'everybody');
  try {
    await enterPassword(page, 'quentin');
    await expect(page.getByRole('heading', { level: 1, name: 'Set up a second factor first' })).toBeVisible();
    await expect(page.getByRole('navigation')).toHaveCount(0);
    await enrol(page);
    await expect(dashboard(page)).toBeVisible();
  } finally {
    await setSetting('second.factor.required', null);
  }
});

test('says when one may try again after too many wrong passwords', async ({ page }) => {
  await anAccount('rosa');
  for (let attempt = 0; attempt < 5; attempt++) {
    await enterPassword(page, 'rosa', 'not the password');
    await expect(page.getByRole('alert')).toHaveText('User name or password is wrong.');
  }
  await enterPassword(page, 'rosa');
  await expect(page.getByRole('alert')).toContainText(/Try again at \d+:\d\d:\d\d/);
  expect(await findBarriers(page)).toEqual([]);
});

test('says what an identity provider that was left is no good for', async ({ page }) => {
  await page.goto(`${product.url}/sign-in?problem=no-role`);
  await expect(page.getByRole('status')).toContainText('None of your groups has a role in this cloud.');
  await page.getByText('Sign in to another domain').click();
  await page.getByLabel('Domain').fill('/no/such');
  await page.getByRole('button', { name: 'Choose' }).click();
  await expect(page).toHaveURL(`${product.url}/sign-in?domain=%2Fno%2Fsuch`);
  await expect(page.getByRole('status')).toHaveCount(0);
});

test('an open page follows a change of role, and ends with the user', async ({ page }) => {
  const { accountId, userId } = await anAccount('sven');
  await signInAs(page, product.url, 'sven');
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  const wasNotReloaded = await watchForReload(page);
  const settings = page.getByRole('navigation').getByRole('link', { name: 'Settings' });
  await expect(settings).toHaveCount(0);

  const { roles } = await admin.ask<{ roles: { nodes: { id: string; name: string }[] } }>(
    '{ roles(first: 50) { nodes { id name } } }',
  );
  const rootAdmin = roles.nodes.find(({ name }) => name === 'Root Admin')!;
  await admin.ask(
    'mutation ($input: UpdateAccountInput!) { updateAccount(input: $input) { account { id } } }',
    {
      input: { id: accountId, roleId: rootAdmin.id },
    },
  );
  await expect(settings).toBeVisible();
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  expect(await wasNotReloaded()).toBe(true);

  await admin.ask('mutation ($input: UserInput!) { disableUser(input: $input) { user { id } } }', {
    input: { id: userId },
  });
  await expect(page.getByText('Your session has ended.', { exact: false })).toBeVisible();
});

test('ends other sessions from the profile', async ({ page, browser }) => {
  await anAccount('tara');
  const elsewhere = await browser.newPage();
  await signInAs(elsewhere, product.url, 'tara');
  await signInAs(page, product.url, 'tara');
  await page.goto(`${product.url}/profile`);
  const sessions = page.getByRole('table', { name: 'Sessions' });
  await expect(sessions.getByRole('row')).toHaveCount(3);
  await sessions.getByRole('button', { name: /^End Chrome on Linux/ }).click();
  await expect(sessions.getByRole('row')).toHaveCount(2);
  await expect(elsewhere.getByText('Your session has ended.', { exact: false })).toBeVisible();
  await elsewhere.close();
});

test('makes an API key that may do what was chosen, and deletes it', async ({ page }) => {
  await signInAs(page, product.url);
  await page.goto(`${product.url}/api-keys`);
  await page.getByRole('main').getByRole('button', { name: 'Create API key' }).first().click();
  const dialog = page.getByRole('dialog');
  const create = dialog.getByRole('button', { name: 'Create API key' });
  await create.click();
  await expect(dialog.getByText('Choose at least one permission.')).toBeVisible();
  await dialog.getByLabel('Name', { exact: true }).fill('backup');
  await dialog.getByLabel('All of zone', { exact: true }).check();
  await dialog.getByLabel('Networks').fill('nonsense');
  await create.click();
  await expect(dialog.getByLabel('Networks')).toHaveAccessibleDescription(/must be an IPv4 or IPv6 network/);
  expect(await findBarriers(page)).toEqual([]);
  await dialog.getByLabel('Networks').fill('127.0.0.0/8');
  await create.click();
  await expect(dialog.getByText('shown only this once', { exact: false })).toBeVisible();
  expect(await findBarriers(page)).toEqual([]);
  const token = (await dialog.getByRole('region', { name: 'Token' }).innerText()).trim();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'I have kept it' }).click();

  const answer = await fetch(`${product.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{"query": "{ viewer { permissions } }"}',
  });
  const { data } = (await answer.json()) as { data: { viewer: { permissions: string[] } } };
  expect(data.viewer.permissions).toContain('zone.create');
  expect(data.viewer.permissions.every((permission) => permission.startsWith('zone.'))).toBe(true);

  await page.reload();
  await page.getByRole('button', { name: 'Delete API key backup' }).click();
  await expect(dialog.getByText(/It was last used .*from 127\.0\.0\.1/)).toBeVisible();
  expect(await findBarriers(page)).toEqual([]);
  await dialog.getByLabel('Type backup to confirm').fill('backup');
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByText('API key backup was deleted.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Delete API key backup' })).toHaveCount(0);
});

test('finds what was done in the audit log, with what changed', async ({ page }) => {
  await setSetting('session.idle.minutes', '481');
  await signInAs(page, product.url);
  await page.goto(`${product.url}/events?range=24h`);
  await page.getByRole('button', { name: 'More filters' }).click();
  await page.getByLabel('Action', { exact: true }).fill('setting.update');
  await expect(page).toHaveURL(/range=24h&action=setting\.update$/);
  const link = page.getByRole('main').getByRole('link', { name: 'Setting: change' }).first();
  await link.click();
  const drawer = page.getByRole('dialog', { name: 'Setting: change' });
  const changes = drawer.getByRole('table', { name: 'Changes' });
  await expect(changes.getByRole('row', { name: /481/ })).toBeVisible();
  await expect(page).toHaveURL(/open=evt_/);
  expect(await findBarriers(page)).toEqual([]);
  await page.reload();
  await expect(changes.getByRole('row', { name: /481/ })).toBeVisible();
  await page.goBack();
  await expect(drawer).toBeHidden();

  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.getByRole('button', { name: 'Outcome' }).click();
  await page.getByRole('menuitemradio', { name: 'Refused' }).click();
  await expect(page).toHaveURL(/outcome=REFUSED/);
  await expect(
    page
      .getByRole('main')
      .getByRole('row', { name: /Session: sign in/ })
      .first(),
  ).toBeVisible();
  await expect(page.getByRole('main').getByText('Done', { exact: true })).toHaveCount(0);
});
