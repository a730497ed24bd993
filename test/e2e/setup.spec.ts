import { expect, test } from '@playwright/test';
import { type Product, startProduct } from '../support/product.ts';
import { signInAs } from './console-pages.ts';

let product: Product;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  product = await startProduct({ driver: 'simulator', env: { NEPHOS_ADMIN_PASSWORD: '' } });
});

test.afterAll(() => product.stop({ machines: 'destroy' }));

test('sets the first password by the link that the first start prints, once', async ({ page }) => {
  const [link = ''] = /http\S+\/setup#\S+/.exec(product.output()) ?? [];
  await page.goto(link);
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await page.getByLabel('Password again').fill('another one');
  await page.getByRole('button', { name: 'Set password and sign in' }).click();
  await expect(page.getByText('The two passwords differ.')).toBeVisible();
  await page.getByLabel('Password again').fill('correct horse battery');
  await page.getByRole('button', { name: 'Set password and sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Dashboard' })).toBeVisible();

  const other = await page.context().browser()!.newPage();
  await other.goto(link);
  await other.getByLabel('Password', { exact: true }).fill('something else');
  await other.getByLabel('Password again').fill('something else');
  await other.getByRole('button', { name: 'Set password and sign in' }).click();
  await expect(other.getByRole('alert')).toHaveText('The link was used already, or is not right.');
  await other.close();
});

test('a password is changed in the user menu', async ({ page }) => {
  await signInAs(page, product.url);
  await page.getByRole('button', { name: 'User menu' }).click();
  await page.getByRole('menuitem', { name: 'Change password' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change password' });
  await dialog.getByLabel('Current password').fill('not the password');
  await dialog.getByLabel('New password').fill('battery staple horse');
  await dialog.getByLabel('Password again').fill('battery staple horse');
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await expect(dialog.getByRole('alert')).toContainText('must be your password as it is now');
  await dialog.getByLabel('Current password').fill('correct horse battery');
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('The password was changed.')).toBeVisible();
  await expect(dialog).toBeHidden();
});
