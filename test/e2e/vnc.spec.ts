import type { Libvirt } from '@nephos/node-libvirt/connection.ts';
import { expect, type Locator, test } from '@playwright/test';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { freePort } from '../support/free-port.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
import { rowOf, signInAs } from './console-pages.ts';
import {
  differenceOf,
  litShareOf,
  openLibvirt,
  type Picture,
  screenOf,
  withoutAlpha,
} from './guest-screen.ts';
import { registerGuest } from './guest-template.ts';
import { createZone } from './zones.ts';

const startMs = 600_000;
const bootMs = 180_000;
const mostDifference = 0.02;

let product: Product;
/** The same address again after a restart. */
let env: Record<string, string>;
let admin: ApiClient;
let libvirt: Libvirt;
let template: string;

test.beforeAll(async () => {
  test.setTimeout(startMs);
  env = { NEPHOS_HTTP_PORT: String(await freePort()) };
  product = await startProduct({ driver: 'libvirt', env });
  admin = await signIn(product.url, 'admin', adminPassword);
  libvirt = await openLibvirt(product.dataFolder);
  template = await registerGuest(admin, await createZone(admin, product.dataFolder));
});

test.afterAll(async () => {
  await libvirt.close();
  await admin.close();
  await product.stop({ machines: 'destroy' });
});

/** The pixels that the canvas holds, in the size of the guest's screen, however large it is shown. */
async function pictureOf(canvas: Locator): Promise<Picture> {
  const { width, height, rgba } = await canvas.evaluate((element: HTMLCanvasElement) => {
    const { width, height } = element;
    const pixels = element.getContext('2d')!.getImageData(0, 0, width, height).data;
    let text = '';
    for (let at = 0; at < pixels.length; at += 0x8000) {
      text += String.fromCharCode(...pixels.subarray(at, at + 0x8000));
    }
    return { width, height, rgba: btoa(text) };
  });
  return { width, height, rgb: withoutAlpha(Buffer.from(rgba, 'base64')) };
}

test('shows the screen of a machine that was created here, and types on its keyboard', async ({ page }) => {
  test.setTimeout(startMs);
  await signInAs(page, product.url);
  await page.getByRole('link', { name: 'Virtual machines', exact: true }).click();
  await page.getByRole('main').getByRole('link', { name: 'Create machine' }).first().click();
  await page.getByRole('radio', { name: new RegExp(`^${template}`) }).check();
  await page.getByRole('radio', { name: /^tiny 1 vCPU/ }).check();
  await page.getByLabel('Name', { exact: true }).fill('screen');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'screen' })).toBeVisible();
  await page.getByRole('link', { name: 'Virtual machines', exact: true }).first().click();
  await expect(rowOf(page, 'screen').getByText('Running')).toBeVisible({ timeout: bootMs });

  await rowOf(page, 'screen').getByRole('link', { name: 'screen', exact: true }).click();
  await test.step('the serial console tells when the guest has its prompt', async () => {
    await page.getByRole('tab', { name: 'Serial console' }).click();
    await expect(page.getByRole('tabpanel')).toContainText('root@screen', { timeout: bootMs });
  });

  await page.getByRole('button', { name: 'Open screen' }).click();
  const canvas = page.getByRole('application', { name: 'Screen of screen' }).locator('canvas');
  await expect(page.getByText('Connected', { exact: true })).toBeVisible({ timeout: 30_000 });
  const machineId = /vm_\w+/.exec(page.url())![0];

  let seen: Picture;
  await test.step('until the screen has come to rest at that prompt too', async () => {
    let before = await screenOf(libvirt, machineId);
    let calmSeconds = 0;
    await expect(async () => {
      const now = await screenOf(libvirt, machineId);
      // A blinking cursor is a few dozen pixels; a line of text is hundreds.
      calmSeconds = differenceOf(before, now) < 0.0005 && litShareOf(now) > 0.002 ? calmSeconds + 1 : 0;
      before = now;
      expect(calmSeconds).toBeGreaterThanOrEqual(5);
    }).toPass({ timeout: bootMs, intervals: [1000] });
  });

  await test.step('the canvas is what libvirt says is on the screen', async () => {
    // Again when it does not fit: between the two pictures the cursor may blink.
    await expect(async () => {
      seen = await pictureOf(canvas);
      const difference = differenceOf(seen, await screenOf(libvirt, machineId));
      test.info().annotations.push({ type: 'difference', description: `${(difference * 100).toFixed(3)} %` });
      expect(difference).toBeLessThanOrEqual(mostDifference);
      expect(litShareOf(seen)).toBeGreaterThan(0.002);
    }).toPass({ timeout: 30_000, intervals: [500] });
  });

  await test.step('a key that is pressed in the canvas changes it', async () => {
    await canvas.click();
    await page.keyboard.type('hostname');
    await page.keyboard.press('Enter');
    await expect(async () => {
      // Two lines of text: more than the cursor ever changes.
      expect(differenceOf(seen, await pictureOf(canvas))).toBeGreaterThan(0.001);
    }).toPass({ timeout: 30_000, intervals: [250] });
  });

  await test.step('two viewers see one screen, and both type on it', async () => {
    const other = await page.context().newPage();
    await other.goto(page.url());
    const otherCanvas = other.getByRole('application', { name: 'Screen of screen' }).locator('canvas');
    await expect(other.getByText('Connected', { exact: true })).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText('Connected', { exact: true })).toBeVisible();
    // Keys as characters of the guest's keyboard for one of them, as places on the keyboard for the other.
    await other.getByLabel('The guest’s keyboard').selectOption('English (US)');
    const typists = [
      { typist: other, ownCanvas: otherCanvas, text: 'echo "SECOND & ~#"' },
      { typist: page, ownCanvas: canvas, text: 'echo first' },
    ];
    for (const { typist, ownCanvas, text } of typists) {
      const before = await pictureOf(canvas);
      await ownCanvas.click();
      await typist.keyboard.type(text);
      await typist.keyboard.press('Enter');
      await expect(async () => {
        const [one, two] = await Promise.all([pictureOf(canvas), pictureOf(otherCanvas)]);
        expect(differenceOf(before, one)).toBeGreaterThan(0.001);
        expect(differenceOf(one, two)).toBeLessThanOrEqual(mostDifference);
      }).toPass({ timeout: 30_000, intervals: [250] });
    }
  });

  await test.step('in a window of its own it is there again when the server is, and types', async () => {
    const opening = page.waitForEvent('popup');
    await page.getByRole('link', { name: 'Own window' }).click();
    const own = await opening;
    await expect(own).toHaveURL(new RegExp(`/virtual-machines/${machineId}/screen$`));
    await expect(own.getByRole('heading', { level: 1, name: 'screen' })).toBeVisible();
    await expect(own.getByText('Connected', { exact: true })).toBeVisible({ timeout: 30_000 });
    await admin.close();
    await product.stop({ machines: 'keep' });
    await expect(own.getByText('The connection broke; connecting again')).toBeVisible();
    product = await startProduct({ driver: 'libvirt', env, dataFolder: product.dataFolder });
    admin = await signIn(product.url, 'admin', adminPassword);
    await expect(own.getByText('Connected', { exact: true })).toBeVisible({ timeout: 60_000 });
    const ownCanvas = own.getByRole('application', { name: 'Screen of screen' }).locator('canvas');
    const before = await pictureOf(ownCanvas);
    await ownCanvas.click();
    await own.keyboard.type('echo back');
    await own.keyboard.press('Enter');
    await expect(async () => {
      expect(differenceOf(before, await pictureOf(ownCanvas))).toBeGreaterThan(0.001);
    }).toPass({ timeout: 30_000, intervals: [250] });
  });
});
