import { readdirSync, readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
import { changeSetting } from '../support/settings.ts';
import { signInAs, watchForReload } from './console-pages.ts';
import { createZone } from './zones.ts';

test.describe.configure({ mode: 'serial' });

const hosts = 12;
let product: Product;
let admin: ApiClient;
let page: Page;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(300_000);
  product = await startProduct({ driver: 'simulator', env: { NEPHOS_SIMULATED_HOSTS: String(hosts) } });
  admin = await signIn(product.url, 'admin', adminPassword);
  const zoneId = await createZone(admin, product.dataFolder, hosts);
  const templateId = await registerTemplate(admin, zoneId);
  const choice = { zoneId, templateId, serviceOfferingId: await serviceOfferingId(admin) };
  await deploy(admin, { ...choice, name: 'web-1' });
  await deploy(admin, { ...choice, name: 'fail-at-start' });
  page = await browser.newPage();
  await signInAs(page, product.url);
});

test.afterAll(async () => {
  await page.close();
  await admin.close();
  await product.stop({ machines: 'destroy' });
});

/** The process that all simulated hosts are in. */
function hostProcess(): number {
  const wanted = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const found = wanted.find((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      return command.includes('agents/host/main') && environment.includes(product.dataFolder);
    } catch {
      return false;
    }
  });
  return Number(found);
}

const health = () => page.getByRole('region', { name: 'Health' });

test('numbers of the dashboard lead to their lists', async () => {
  await expect(health().getByRole('link', { name: /^Hosts 12 \/ 12/ })).toBeVisible();
  await expect(health().getByRole('link', { name: /^System 2 \/ 2/ })).toBeVisible();
  await page.getByRole('link', { name: /^Jobs that failed/ }).click();
  await expect(page).toHaveURL(/\/jobs\?status=FAILED$/);
  await page.goBack();
  await health()
    .getByRole('link', { name: /^Agents 13/ })
    .click();
  await expect(page.getByRole('heading', { level: 1, name: 'Agents' })).toBeVisible();
  await expect(page.getByText('Storage agent', { exact: true })).toBeVisible();
  await page.goBack();
  await health()
    .getByRole('link', { name: /^System/ })
    .click();
  await expect(page.getByRole('table', { name: 'Management servers' })).toContainText('numbers changes');
});

test('from the cloud down to a host, how full it is', async () => {
  await page.goto(product.url);
  await page
    .getByRole('region', { name: 'What is filling' })
    .getByRole('link', { name: 'test-zone' })
    .click();
  // Once an hour it is written down: after the first time there is nothing to draw yet.
  const course = page.getByRole('region', { name: 'Course and forecast' });
  await expect(course.getByText('Nothing is written down yet').or(course.getByRole('img'))).toBeVisible();
  const table = (name: string) => page.getByRole('table', { name });
  await table('Pods').getByRole('link').first().click();
  await table('Clusters').getByRole('link').first().click();
  await expect(table('Hosts').getByRole('link')).toHaveCount(hosts);
  await page.getByRole('link', { name: /^To / }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'cluster-1' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Capacity' })).toContainText(
    'Hosts that take machines: 12 of 12',
  );
});

test('the topology is walked with the keyboard', async () => {
  await page.goto(`${product.url}/topology`);
  const squares = page.getByRole('list', { name: 'cluster-1' }).getByRole('button');
  await expect(squares).toHaveCount(hosts);
  await squares.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(squares.nth(1)).toBeFocused();
  await page.keyboard.press('End');
  await expect(squares.last()).toBeFocused();
  const name = /^(\S+): Up/.exec((await squares.last().getAttribute('title')) ?? '')?.[1] ?? '';
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.getByRole('searchbox', { name: 'Find a host by name or ID' }).fill(name);
  await expect(page.getByText(/^Hosts found: \d/)).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.locator(':focus')).toHaveAttribute('title', new RegExp(`^${name}`));
  await page.getByRole('link', { name: /^Zoom in/ }).click();
  await expect(page).toHaveURL(/[?&]at=clus_/);
  await page.getByRole('tab', { name: 'Tree' }).click();
  await expect(page.getByRole('link', { name: new RegExp(`^${name}: Up`) })).toBeVisible();
  await page.getByRole('tab', { name: 'Networks' }).click();
  await expect(page.getByText('Guest network', { exact: true })).toBeVisible();
});

test('hosts go silent and come back, and pages that are open say so', async () => {
  test.setTimeout(180_000);
  await page.goto(product.url);
  await expect(health().getByRole('link', { name: /^Hosts 12 \/ 12/ })).toBeVisible();
  // They stay disconnected, and do not come to be alarming, until all three pages were looked at.
  await changeSetting(admin, 'alert.wait', '600');
  const wasNotReloaded = await watchForReload(page);
  const pid = hostProcess();
  process.kill(pid, 'SIGSTOP');
  try {
    await expect(health().getByRole('link', { name: /^Hosts 0 \/ 12 12 not/ })).toBeVisible({
      timeout: 90_000,
    });
    await page.getByRole('link', { name: /^Hosts that are silent or off 12/ }).click();
    await expect(page.getByRole('table', { name: 'Hosts' }).getByText('Disconnected')).toHaveCount(hosts);
    await page.getByRole('link', { name: 'Topology' }).click();
    await expect(page.getByRole('button', { name: /: Disconnected/ })).toHaveCount(hosts);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await expect(page.getByRole('button', { name: /: Up/ })).toHaveCount(hosts, { timeout: 60_000 });
  expect(await wasNotReloaded()).toBe(true);
});
