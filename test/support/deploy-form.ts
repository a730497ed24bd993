import type { Page } from '@playwright/test';

/** Chooses in the form that makes machines: a source, an offering and a name. */
export async function fillDeployForm(page: Page, name: string): Promise<void> {
  await page
    .getByRole('group', { name: /Source/ })
    .getByRole('radio', { name: /^tiny/ })
    .check();
  await page
    .getByRole('group', { name: /Offering/ })
    .getByRole('radio', { name: /^small/ })
    .check();
  await page.getByLabel('Name', { exact: true }).fill(name);
}
