import { execFileSync } from 'node:child_process';
import { connectDatabase } from '@nephos/model/database.ts';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { openDataFolder } from '../../scripts/launch/data-folder.ts';
import { reachDatabase } from '../../scripts/launch/reach-database.ts';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
import { changeSetting } from '../support/settings.ts';
import { aSecondNetwork } from '../support/second-network.ts';
import { findBarriers } from './accessibility.ts';
import { headerOf, rowOf, signInAs } from './console-pages.ts';
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
  const database = await reachDatabase(openDataFolder(product.dataFolder));
  const { db, close } = connectDatabase({ url: database.url, maxConnections: 1, applicationName: 'test' });
  await aSecondNetwork(db, zoneId);
  await close();
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

/** Opens a machine's page. @returns what chooses a command from its menu */
async function openMachine(page: Page, name = 'web-1'): Promise<(command: string) => Promise<void>> {
  await signInAs(page, product.url);
  await page.goto(`${product.url}/virtual-machines`);
  await page.getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  return async (command) => {
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: command, exact: true }).click();
  };
}

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
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await expect(rowOf(page, 'laptop')).toBeVisible();

  await page.goto(`${product.url}/affinity-groups`);
  await page.getByRole('button', { name: 'Create affinity group' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('spread');
  await page.getByRole('dialog').getByRole('button', { name: 'Create affinity group' }).click();
  await expect(rowOf(page, 'spread')).toContainText('On different hosts');

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
  await expect(headerOf(page).getByText('Running', { exact: true })).toBeVisible();
});

/** Presses Tab until something has the focus, as whoever has no mouse. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let pressed = 0; pressed < 100; pressed++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${target.toString()}`);
}

test('two machines with a data disk are made by the keyboard alone', async ({ page }) => {
  await signInAs(page, product.url);
  await page.goto(`${product.url}/virtual-machines`);
  await tabTo(page, page.getByRole('main').getByRole('link', { name: 'Create machine' }).first());
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('group', { name: /Source/ }).getByRole('radio', { name: /^tiny/ }));
  await page.keyboard.press('Space');
  await tabTo(page, page.getByRole('group', { name: /Offering/ }).getByRole('radio', { name: /^tiny/ }));
  await page.keyboard.press('ArrowDown');
  await tabTo(page, page.getByLabel('Name', { exact: true }));
  await page.keyboard.type('keys');
  await tabTo(page, page.getByLabel('How many'));
  await page.keyboard.press('Control+A');
  await page.keyboard.type('2');
  await expect(page.getByText('They are called keys-1 to keys-2')).toBeVisible();
  await tabTo(page, page.locator('summary', { hasText: 'Advanced' }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: 'Add data disk' }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: 'Create', exact: true }));
  await page.keyboard.press('Enter');
  for (const name of ['keys-1', 'keys-2'])
    await expect(
      page.getByRole('row', { name: new RegExp(`^(Select )?${name}`) }).getByText('Running'),
    ).toBeVisible();
  await page.goto(`${product.url}/volumes?q=keys-2`);
  await expect(page.getByRole('row').filter({ hasText: 'Data disk' })).toContainText('keys-2');
});

test('the request that the form shows as curl makes the machine', async ({ page }) => {
  const { createApiKey } = await admin.ask<{ createApiKey: { token: string } }>(
    'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { token } }',
    { input: { name: 'curl' } },
  );
  await signInAs(page, product.url);
  await page.goto(`${product.url}/virtual-machines/new`);
  await page.getByRole('radio', { name: /^tiny/ }).first().check();
  await page.getByLabel('Name', { exact: true }).fill('by-curl');
  await page.getByText('The same request').click();
  await page.getByText('As curl').click();
  const command = (await page.getByRole('region', { name: 'The same request' }).textContent()) ?? '';
  const env = { ...process.env, NEPHOS_TOKEN: createApiKey.token };
  const answer = JSON.parse(execFileSync('sh', ['-c', command], { env, encoding: 'utf8' })) as {
    data: { deployVirtualMachine: { virtualMachine: { id: string; name: string } } };
  };
  const made = answer.data.deployVirtualMachine.virtualMachine;
  expect(made.name).toBe('by-curl');
  await page.goto(`${product.url}/virtual-machines/${made.id}`);
  await expect(headerOf(page).getByText('Running', { exact: true })).toBeVisible();
});

test('the serial console shows what comes and sends what is typed', async ({ page }) => {
  await openMachine(page);
  await page.getByRole('tab', { name: 'Serial console' }).click();
  await expect(page.getByText('Connected', { exact: true })).toBeVisible();
  const screen = page.getByRole('tabpanel');
  await expect(screen).toContainText('web-1 login:');
  await page.keyboard.type('operator');
  await expect(screen).toContainText('web-1 login: operator');
  await page.getByRole('button', { name: 'Type text' }).click();
  await page.getByRole('dialog').getByLabel('Text').fill('-two');
  await page.getByRole('dialog').getByRole('button', { name: 'Type it' }).click();
  await expect(screen).toContainText('web-1 login: operator-two');
  await page.getByRole('button', { name: 'Full screen' }).click();
  await expect
    .poll(() => page.evaluate(() => document.fullscreenElement?.textContent))
    .toContain('Connected');
  await page.evaluate(() => document.exitFullscreen());
});

test('a machine gets another network card, which is made the default, and gives one back', async ({
  page,
}) => {
  await openMachine(page);
  await page.getByRole('tab', { name: 'Network' }).click();
  await page.getByRole('button', { name: 'Attach network card' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Network').selectOption('second');
  await dialog.getByRole('button', { name: 'Attach network card' }).click();
  await page.getByRole('button', { name: 'Actions for second' }).click();
  await page.getByRole('menuitem', { name: 'Make it the default' }).click();
  expect(await findBarriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Make it the default' }).click();
  await expect(page.getByRole('row', { name: /^second \(default route\) 10\.66\./ })).toBeVisible();
  await page.getByRole('button', { name: 'Actions for test-zone guests' }).click();
  await page.getByRole('menuitem', { name: 'Detach' }).click();
  expect(await findBarriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Detach' }).click();
  await expect(page.getByRole('row', { name: /^test-zone guests/ })).toBeHidden();
});

test('snapshots are drawn as a tree, gone back to, and deleted', async ({ page }) => {
  await openMachine(page);
  await page.getByRole('tab', { name: 'Snapshots' }).click();
  const dialog = page.getByRole('dialog');
  const standsOn = (name: string) =>
    expect(page.getByRole('article', { name }).getByText('The machine stands on it')).toBeVisible();
  const take = async (name: string) => {
    await page.getByRole('button', { name: 'Take snapshot' }).click();
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('button', { name: 'Take snapshot' }).click();
    await standsOn(name);
  };
  const choose = async (name: string, command: string) => {
    await page.getByRole('button', { name: `Actions for ${name}` }).click();
    await page.getByRole('menuitem', { name: command }).click();
  };
  await take('clean');
  await take('patched');
  const below = page.getByRole('list', { name: 'clean' });
  await expect(below.getByRole('article', { name: 'patched' })).toContainText('With memory');
  await choose('clean', 'Go back to it');
  await expect(dialog.getByText('It runs afterwards')).toBeVisible();
  await dialog.getByLabel('Type web-1 to confirm').fill('web-1');
  await dialog.getByRole('button', { name: 'Go back to it' }).click();
  await standsOn('clean');
  for (const name of ['patched', 'clean']) {
    await choose(name, 'Delete');
    await dialog.getByLabel(`Type ${name} to confirm`).fill(name);
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await expect(page.getByRole('article', { name })).toBeHidden();
  }
  await expect(page.getByText('No snapshot yet')).toBeVisible();
});

test('a machine is suspended and goes on, is given a schedule and a lease', async ({ page }) => {
  const choose = await openMachine(page);
  await choose('Suspend');
  await expect(headerOf(page).getByText('Suspended', { exact: true })).toBeVisible();
  await choose('Resume');
  await expect(headerOf(page).getByText('Running', { exact: true })).toBeVisible();

  await page.getByRole('tab', { name: 'Automation' }).click();
  await page.getByRole('button', { name: 'Add schedule' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('What is done').selectOption('Stop');
  await dialog.getByLabel('When').selectOption('Weekdays at 20:00');
  await dialog.getByRole('button', { name: 'Add schedule' }).click();
  await expect(page.getByRole('cell', { name: /Weekdays at 20:00/ })).toBeVisible();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await dialog.getByLabel('When').selectOption('At times of your own');
  // Half a day away: it is not done while the test goes on.
  const hour = (new Date().getUTCHours() + 12) % 24;
  await dialog.getByLabel('Cron expression').fill(`15 ${hour} * * *`);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('cell', { name: new RegExp(`15 ${hour} \\* \\* \\*`) })).toBeVisible();
  await page.getByRole('button', { name: 'Set lease' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Set lease' }).click();
  await expect(page.getByText('It is stopped at')).toBeVisible();
});

test('a machine is changed in all that was chosen for it, is made anew, and gets another owner', async ({
  page,
}) => {
  const { domains } = await admin.ask<{ domains: { nodes: { id: string }[] } }>(
    '{ domains(first: 1, orderBy: { field: PATH }) { nodes { id } } }',
  );
  await admin.ask(
    'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }',
    {
      input: {
        domainId: domains.nodes[0]!.id,
        name: 'buyer',
        username: 'buyer',
        password: adminPassword,
        mustChangePassword: false,
      },
    },
  );
  const choose = await openMachine(page);
  const dialog = page.getByRole('dialog');
  const send = (name: string) => dialog.getByRole('button', { name, exact: true }).click();

  await choose('Scale');
  await expect(dialog.getByText('Not while it runs')).toBeVisible();
  await page.keyboard.press('Escape');
  await choose('Force stop');
  await send('Force stop');
  await expect(headerOf(page).getByText('Stopped', { exact: true })).toBeVisible();
  await choose('Scale');
  await dialog.getByLabel('Offering').selectOption('small · 1 vCPU, 1 GiB');
  await send('Scale');
  await expect(page.getByRole('main').getByRole('link', { name: 'small', exact: true })).toBeVisible();
  await expect(page.getByRole('main').getByText('1 vCPU, 1 GiB')).toBeVisible();

  await choose('Edit');
  await dialog.getByLabel('Name', { exact: true }).fill('web-2');
  await dialog.getByLabel('Tags: add').click();
  await dialog.getByLabel('Tags: key 1').fill('tier');
  await dialog.getByLabel('Tags: value 1').fill('front');
  await send('Save');
  await expect(page.getByRole('heading', { level: 1, name: 'web-2' })).toBeVisible();
  await expect(page.getByText('tier: front')).toBeVisible();

  await expect(page.getByText('spread', { exact: true })).toBeVisible();
  await choose('Change affinity');
  await dialog.getByRole('checkbox', { name: /^spread/ }).uncheck();
  await send('Save');
  await expect(page.getByText('spread', { exact: true })).toBeHidden();
  await choose('Reset SSH keys');
  await dialog.getByRole('checkbox', { name: 'laptop' }).uncheck();
  await send('Reset SSH keys');
  await expect(dialog).toBeHidden();
  await choose('Reset password');
  await send('Reset password');
  await expect(page.getByRole('region', { name: 'Password' })).toHaveText(/^\S{12,}$/);
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'I have kept it' }).click();

  await choose('Reinstall');
  await expect(dialog.getByText(/^Lost: everything on root-/)).toBeVisible();
  await dialog.getByLabel('Type web-2 to confirm').fill('web-2');
  await send('Reinstall');
  await expect(
    page.getByRole('article', { name: 'Reinstall machine' }).getByText('Succeeded', { exact: true }),
  ).toBeVisible();

  await choose('Assign to account');
  await dialog.getByLabel('New owner').fill('buyer');
  await page.getByRole('option', { name: /^buyer/ }).click();
  await send('Assign to account');
  await expect(page.getByRole('main').getByText('buyer', { exact: true })).toBeVisible();
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
  await page.getByLabel('Have its machines come back').check();
  await page.getByRole('dialog').getByRole('button', { name: 'End maintenance' }).click();
  await expect(page.getByText('Takes machines', { exact: true })).toBeVisible();
  await expect(
    page
      .getByRole('article', { name: 'Bring machines back to host' })
      .getByText('Succeeded', { exact: true }),
  ).toBeVisible();
  expect(await hostOf()).toBe(from);
});

test('operators offer sizes, are told when a cluster fills, see where, and reserve a host', async ({
  page,
}) => {
  await signInAs(page, product.url);
  await page.goto(`${product.url}/offerings`);
  await page.getByRole('button', { name: 'Create service offering' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('roomy');
  await dialog.getByLabel('Memory in MiB', { exact: true }).fill('8192');
  await dialog.getByLabel('The most memory in MiB').fill('16384');
  await dialog.getByLabel('Processors', { exact: true }).fill('9999');
  await dialog.getByRole('button', { name: 'Create service offering' }).click();
  await expect(dialog.getByText('Processors: must be from 1 to 256')).toBeInViewport();
  await dialog.getByLabel('Processors', { exact: true }).fill('1');
  await dialog.getByRole('button', { name: 'Create service offering' }).click();
  await expect(rowOf(page, 'roomy')).toContainText('8 GiB to 16 GiB');
  await page.getByRole('button', { name: 'Delete offering xlarge' }).click();
  await page.getByLabel('Type xlarge to confirm').fill('xlarge');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(rowOf(page, 'xlarge')).toHaveCount(0);

  await changeSetting(admin, 'alert.interval', '1');
  // This machine's own disk may be fuller than operators like.
  await changeSetting(admin, 'zone.secstorage.capacity.notificationthreshold', '100');
  await changeSetting(admin, 'cluster.memory.allocated.capacity.notificationthreshold', '1');
  await deploy(admin, {
    ...machine,
    name: 'roomy',
    serviceOfferingId: await serviceOfferingId(admin, 'roomy'),
  });
  await page.getByRole('link', { name: 'Alerts: 1 that nobody looks after' }).click();
  const alert = page.getByRole('row', { name: /cluster-1/ });
  await expect(alert).toContainText('Memory nearly all promised');
  await alert.getByRole('button', { name: /^Acknowledge/ }).click();
  await expect(alert).toContainText('admin looks after it');
  await expect(page.getByRole('link', { name: 'Alerts: none that nobody looks after' })).toBeVisible();

  await page.goto(`${product.url}/capacity`);
  for (const part of ['test-zone', 'rack-1', 'cluster-1']) {
    await page.getByRole('cell', { name: part }).getByRole('link').click();
    await expect(page.getByRole('region', { name: part })).toContainText('GiB');
  }
  await page.getByRole('cell', { name: 'vm-1' }).getByRole('link').click();
  await page.getByRole('link', { name: 'To vm-1' }).click();
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Reserve' }).click();
  await dialog.getByText('Domain', { exact: true }).click();
  await dialog.getByRole('combobox', { name: 'Domain' }).click();
  await page.getByRole('option').first().click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  const facts = page.getByRole('region', { name: 'Details' });
  await expect(facts).toContainText('Reserved for');
  await expect(facts.getByText('Nobody in particular')).toBeHidden();
  await page.getByRole('tab', { name: 'Statistics' }).click();
  await expect(page.getByRole('img', { name: 'Load' })).toBeVisible();
});

test('a machine is let go of, runs on as a foreign one, and is taken over again', async ({ page }) => {
  const choose = await openMachine(page, 'guest');
  await choose('Let go of it');
  await page.getByRole('dialog').getByRole('button', { name: 'Let go of it' }).click();
  await expect(page.getByRole('heading', { name: 'There is no such machine' })).toBeAttached();
  await page.goto(`${product.url}/alerts?kind=FOREIGN_MACHINES`);
  await page
    .getByRole('row', { name: /Machines that are none of ours/ })
    .getByRole('link')
    .click();
  await page.getByRole('tab', { name: 'Foreign machines' }).click();
  const stranger = page.getByRole('row', { name: /guest/ });
  await expect(stranger).toContainText('Runs');
  await stranger.getByRole('button', { name: /^Import/ }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('guest-again');
  await page.getByRole('dialog').getByRole('button', { name: 'Import' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'guest-again' })).toBeVisible();
  await expect(headerOf(page).getByText('Running', { exact: true })).toBeVisible();
});
