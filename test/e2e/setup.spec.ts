import { expect, test } from '@playwright/test';
import { type Product, startProduct } from '../support/product.ts';

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
