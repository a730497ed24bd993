import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, type Page, type Route } from '@playwright/test';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
import { findDraft, updateDraft } from '../support/zone-drafts.ts';
import { signInAs } from './console-pages.ts';

test.describe.configure({ mode: 'serial' });

let product: Product;
let admin: ApiClient;
let page: Page;
let draftPath: string;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  product = await startProduct({ driver: 'simulator' });
  admin = await signIn(product.url, 'admin', adminPassword);
  page = await browser.newPage();
  await signInAs(page, product.url);
});

test.afterAll(async () => {
  await admin.close();
  await product.stop({ machines: 'destroy' });
});

const steps = () => page.getByRole('navigation', { name: 'Steps' });
const goTo = (name: RegExp) => steps().getByRole('button', { name }).click();
const saved = () => expect(page.getByText('Saved', { exact: true })).toBeVisible();
const draftId = () => path.basename(draftPath);

test('begins a draft, and tells the rule of each field as one types', async () => {
  await page.getByRole('main').getByRole('link', { name: 'Create zone' }).click();
  await page.getByLabel('Name of the zone').fill('beijing');
  await page.getByRole('button', { name: 'Begin' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'beijing' })).toBeVisible();
  draftPath = new URL(page.url()).pathname;
  await goTo(/Pod/);
  await page.getByLabel('Subnet of the pod').fill('10.0.0.0');
  await expect(page.getByText('must be a network like 10.1.0.0/16')).toBeVisible();
  await expect(steps().getByRole('button', { name: /Pod.*1 wrong/ })).toBeVisible();
  await page.getByLabel('Subnet of the pod').fill('10.0.0.0/24');
  await page.getByLabel('Gateway of the pod').fill('10.0.0.9');
  await expect(page.getByText('must lie outside the range 10.0.0.2 to 10.0.0.20')).toBeVisible();
  await page.getByLabel('Gateway of the pod').fill('10.0.0.1');
  await expect(steps().getByRole('button', { name: /Pod.*complete/ })).toBeVisible();
  await saved();
});

test('is there again after a reload, and on the page of zones', async () => {
  await goTo(/Addresses for guests/);
  await page.getByLabel('Last address for guests').fill('10.1.3.99');
  await saved();
  await page.reload();
  await expect(page.getByLabel('Last address for guests')).toHaveValue('10.1.3.99');
  await page.goto(`${product.url}/zones`);
  await page.getByRole('link', { name: 'Go on with beijing' }).click();
  await expect(steps().getByRole('button', { name: /Addresses for guests/ })).toHaveAttribute(
    'aria-current',
    'step',
  );
});

test('shows what somebody else changed: at once, and beside what is being typed', async () => {
  const id = draftId();
  const guestRange = { cidr: '10.1.0.0/16', gateway: '10.1.0.1', startIp: '10.1.1.1', endIp: '10.1.3.50' };
  await updateDraft(admin, (await findDraft(admin, id))!, { guestRange });
  await expect(page.getByLabel('Last address for guests')).toHaveValue('10.1.3.50');
  const seen = (await findDraft(admin, id))!;
  // Typed, and on its way, when the other change comes.
  const isTheirs = Promise.withResolvers<undefined>();
  const hold = async (route: Route) => {
    if (route.request().postData()?.includes('mutation UpdateZoneDraft')) await isTheirs.promise;
    await route.continue();
  };
  await page.route('**/graphql', hold);
  await page.getByLabel('Last address for guests').fill('10.1.3.77');
  await updateDraft(admin, seen, { guestRange: { ...guestRange, endIp: '10.1.3.60' } });
  isTheirs.resolve(undefined);
  const conflict = page.getByRole('table');
  await expect(conflict).toContainText('10.1.3.77');
  await expect(conflict).toContainText('10.1.3.60');
  await page.unroute('**/graphql', hold);
  await page.getByRole('button', { name: 'Keep mine' }).click();
  await saved();
  await expect(page.getByLabel('Last address for guests')).toHaveValue('10.1.3.77');
});

test('launches; a step that fails says why, leads to its field, and is gone on from', async () => {
  const inTheWay = path.join(product.dataFolder, 'in-the-way');
  writeFileSync(inTheWay, '');
  await eventually(
    () =>
      admin.ask<{ agents: { nodes: { isConnected: boolean; kind: string }[] } }>(
        '{ agents(filter: { isFree: true }) { nodes { isConnected kind } } }',
      ),
    ({ agents }) =>
      new Set(agents.nodes.filter((each) => each.isConnected).map(({ kind }) => kind)).size === 2,
    60,
  );
  await goTo(/Hosts/);
  await expect(
    page.getByRole('group', { name: 'Enrolled agents' }).getByRole('checkbox').first(),
  ).toBeChecked();
  await goTo(/Storage/);
  await page.getByLabel('Directory of the primary storage').fill(`${product.dataFolder}/primary`);
  await page.getByLabel('Directory of the secondary storage').fill(`${inTheWay}/images`);
  await saved();
  await goTo(/Review/);
  await page.getByRole('button', { name: 'Launch the zone' }).click();
  await expect(page.getByText('The launch stopped at a step')).toBeVisible();
  const job = page.getByRole('region', { name: 'Launch zone' });
  await expect(job.getByText(/ENOTDIR|not a directory/).first()).toBeVisible();
  // Another device, or the same after a reload, shows the same.
  await page.reload();
  await page.getByRole('button', { name: 'Fix: Storage' }).click();
  const field = page.getByLabel('Directory of the secondary storage');
  await expect(field).toBeFocused();
  await expect(page.getByLabel('Directory of the primary storage')).toBeDisabled();
  rmSync(inTheWay);
  await field.fill(`${product.dataFolder}/images`);
  await saved();
  await goTo(/Review/);
  await page.getByRole('button', { name: 'Go on with the launch' }).click();
  await expect(page.getByText('The zone is there, and open for machines.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Create a first machine' })).toBeVisible();
  await page.getByRole('link', { name: 'Show the zone' }).click();
  await expect(page.getByText('Open', { exact: true })).toBeVisible();
});

test('a draft of which nothing was made is discarded at once', async () => {
  await page.goto(`${product.url}/zones/new`);
  await page.getByRole('button', { name: 'Begin' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'zone-1' })).toBeVisible();
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
  await expect(page).toHaveURL(/\/zones$/);
});
