import { expect, type Page, test } from '@playwright/test';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { allowLoopback } from '../support/machines.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
import { serveFiles, tinyIso } from '../support/web-files.ts';
import { headerOf, rowOf, signInAs } from './console-pages.ts';
import { readInstaller } from './guest-template.ts';
import { makeZone } from './zone-wizard.ts';

const startMs = 600_000;

/** Where guests really run, and where they only seem to. */
const worlds = [
  { driver: 'simulator', isReal: false, waitMs: 30_000 },
  { driver: 'libvirt', isReal: true, waitMs: 240_000 },
] as const;

async function openMachine(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Virtual machines', exact: true }).first().click();
  await rowOf(page, name).getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
}

async function choose(page: Page, command: string): Promise<void> {
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: command, exact: true }).click();
}

for (const { driver, isReal, waitMs } of worlds) {
  test.describe(`on ${driver}`, () => {
    let product: Product;
    let admin: ApiClient;

    test.beforeAll(async () => {
      test.setTimeout(startMs);
      product = await startProduct({ driver });
      admin = await signIn(product.url, 'admin', adminPassword);
      await allowLoopback(admin);
    });

    test.afterAll(async () => {
      await admin.close();
      await product.stop({ machines: 'destroy' });
    });

    test('the tutorial is done in the browser, from the zone to a second instance', async ({ page }) => {
      test.setTimeout(startMs);
      await using files = await serveFiles({
        '/installer.iso': isReal ? await readInstaller() : tinyIso(),
      });
      const dialog = page.getByRole('dialog');
      const waits = { timeout: waitMs };

      await test.step('a zone, with the wizard', async () => {
        await signInAs(page, product.url);
        await makeZone(page, admin, product.dataFolder, 'home');
      });

      await test.step('an installer disc, from a URL', async () => {
        await page.getByRole('link', { name: 'Images', exact: true }).click();
        await page.getByRole('tab', { name: 'ISOs' }).click();
        await page.getByRole('button', { name: 'Register ISO' }).first().click();
        await dialog.getByLabel('Name', { exact: true }).fill('installer');
        await dialog.getByLabel('URL').fill(`${files.url}/installer.iso`);
        await dialog.getByRole('button', { name: 'Register ISO' }).click();
        await rowOf(page, 'installer').getByRole('link', { name: 'installer' }).click();
        await expect(page.getByRole('row', { name: /^home Ready/ })).toBeVisible(waits);
      });

      await test.step('an instance of the disc', async () => {
        await page.getByRole('link', { name: 'Create machine from it' }).click();
        await page
          .getByRole('group', { name: /Offering/ })
          .getByRole('radio', { name: /^small/ })
          .check();
        await page.getByLabel('Name', { exact: true }).fill('first');
        await page.getByRole('button', { name: 'Create', exact: true }).click();
        await expect(page.getByRole('heading', { level: 1, name: 'first' })).toBeVisible();
        await expect(headerOf(page).getByText('Running', { exact: true })).toBeVisible(waits);
      });

      await test.step('its screen, until the installer is done', async () => {
        await page.getByRole('button', { name: 'Open screen' }).click();
        // A guest that really runs installs itself and powers off; of one that does not, the plug is pulled.
        if (isReal) {
          const isOff = headerOf(page).getByText('Stopped', { exact: true });
          await expect(page.getByText('Connected', { exact: true }).or(isOff)).toBeVisible(waits);
        } else {
          await expect(page.getByRole('application', { name: 'Screen of first' })).toBeVisible();
          await choose(page, 'Force stop');
          await dialog.getByRole('button', { name: 'Force stop' }).click();
        }
        await expect(headerOf(page).getByText('Stopped', { exact: true })).toBeVisible(waits);
      });

      await test.step('its drive is emptied, and a template made of its disk', async () => {
        await choose(page, 'Detach ISO');
        await page.getByRole('tab', { name: 'Disks' }).click();
        await expect(page.getByRole('region', { name: 'Disc in its drive' })).toContainText('None');
        await choose(page, 'Create template');
        await dialog.getByLabel('Template name').fill('installed');
        await dialog.getByRole('button', { name: 'Create template' }).click();
        await page.getByRole('link', { name: 'Images', exact: true }).click();
        await rowOf(page, 'installed').getByRole('link', { name: 'installed' }).click();
        await expect(page.getByRole('row', { name: /^home Ready/ })).toBeVisible(waits);
      });

      await test.step('a second instance, of the template, which starts by itself', async () => {
        await page.getByRole('link', { name: 'Create machine from it' }).click();
        await page.getByLabel('Name', { exact: true }).fill('second');
        await page.getByRole('button', { name: 'Create', exact: true }).click();
        await expect(page.getByRole('heading', { level: 1, name: 'second' })).toBeVisible();
        await expect(headerOf(page).getByText('Running', { exact: true })).toBeVisible(waits);
        await page.getByRole('tab', { name: 'Serial console' }).click();
        await expect(page.getByRole('tabpanel')).toContainText(
          isReal ? 'root@second' : 'second login:',
          waits,
        );
        await openMachine(page, 'first');
        await expect(headerOf(page).getByText('Stopped', { exact: true })).toBeVisible();
      });
    });
  });
}
