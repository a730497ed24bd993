import type { Locator, Page, Request } from '@playwright/test';
import { adminPassword } from '../support/product.ts';
import { openPage } from './console-pages.ts';
import { wordsOf } from './messages.ts';

/** Opens a dialog of the console at an address, in Chinese. */
export type OpenDialog = (page: Page, url: string) => Promise<void>;

const say = wordsOf('zh-CN');
/** Rows that an export asks for, which no list does. */
const exportedAtOnce = 500;

const press = (part: Page | Locator, button: string) =>
  part
    .getByRole('button', { name: say(button), exact: true })
    .first()
    .click();

const fill = (page: Page, field: string, text: string) =>
  page.getByLabel(say(field), { exact: true }).fill(text);

async function makeWithPassword(page: Page, url: string, name: string, count: number): Promise<void> {
  await openPage(page, `${url}/virtual-machines/new`);
  await page.getByRole('radio', { name: /^tiny/ }).first().check();
  await fill(page, 'create_name', name);
  await fill(page, 'create_count', String(count));
  await page.getByText(say('create_advanced'), { exact: true }).click();
  await page.getByLabel(say('create_password')).check();
  await press(page, 'create_submit');
}

async function askToProve(page: Page, url: string, button: string): Promise<void> {
  await openPage(page, `${url}/profile`);
  await press(page, button);
}

/**
 * Dialogs that a walk through the pages does not come to, by the messages that are their titles: they tell what an answer
 * brought, or a key opens them.
 */
export const dialogsOfAdmin: Readonly<Record<string, OpenDialog>> = {
  accounts_created: async (page, url) => {
    await openPage(page, `${url}/accounts`);
    await press(page, 'accounts_create');
    await fill(page, 'accounts_name', 'initech');
    await fill(page, 'users_username', 'initech');
    await press(page.getByRole('dialog'), 'accounts_create');
  },
  create_password_title: (page, url) => makeWithPassword(page, url, 'secret', 1),
  create_passwords_title: (page, url) => makeWithPassword(page, url, 'secrets', 2),
  keys_created: async (page, url) => {
    await openPage(page, `${url}/api-keys`);
    await press(page, 'keys_create');
    await fill(page, 'common_name', 'backup');
    await page.getByRole('radio', { name: say('keys_whole') }).check();
    await press(page.getByRole('dialog'), 'keys_create');
  },
  list_export_title: async (page, url) => {
    // What is shown as a whole is written at once; what could not be read is told of.
    await openPage(page, `${url}/volumes?last=1`);
    const isRead = (request: Request) => request.postData()?.includes(`"first":${exportedAtOnce}`) === true;
    await page.route('**/graphql', (route) => (isRead(route.request()) ? route.abort() : route.continue()));
    const failed = page.waitForEvent('requestfailed', isRead);
    await press(page, 'list_export');
    await page.getByRole('menuitem', { name: say('list_export_json') }).click();
    await failed;
    await page.unroute('**/graphql');
  },
  // What opens it elsewhere opens the policy of one account there.
  policies_set: async (page, url) => {
    await openPage(page, `${url}/credits?tab=policies`);
    await press(page, 'policies_set');
  },
  shortcuts_title: async (page, url) => {
    await openPage(page, `${url}/settings`);
    await page.keyboard.press('?');
  },
  ssh_keys_created: async (page, url) => {
    await openPage(page, `${url}/ssh-keys`);
    await press(page, 'ssh_keys_create');
    await fill(page, 'common_name', 'desktop');
    await page.getByText(say('ssh_keys_new'), { exact: true }).click();
    await press(page.getByRole('dialog'), 'ssh_keys_create');
  },
};

/** Those that only somebody sees who has a second factor, or takes part in a project of others. */
export const dialogsOfCustomer = (recoveryCode: string): Readonly<Record<string, OpenDialog>> => ({
  profile_remove_title: (page, url) => askToProve(page, url, 'profile_remove'),
  profile_renew: (page, url) => askToProve(page, url, 'profile_renew'),
  profile_codes: async (page, url) => {
    await askToProve(page, url, 'profile_renew');
    await fill(page, 'session_current_password', adminPassword);
    await fill(page, 'profile_code_or_recovery', recoveryCode);
    await press(page.getByRole('dialog'), 'profile_renew');
  },
  projects_leave_title: async (page, url) => {
    await openPage(page, `${url}/projects`);
    await page.getByRole('link', { name: 'web-shop', exact: true }).click();
    await press(page, 'common_actions');
    await page.getByRole('menuitem', { name: say('projects_action_LEAVE') }).click();
  },
});
