import { expect, type Page } from '@playwright/test';
import type { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';

const freeAgents = '{ agents(filter: { isFree: true }) { nodes { kind isConnected } } }';

/** Makes a zone in the browser, of the agents that a product has brought along, with its files in a folder. */
export async function makeZone(page: Page, admin: ApiClient, folder: string, name: string): Promise<void> {
  await eventually(
    () => admin.ask<{ agents: { nodes: { isConnected: boolean; kind: string }[] } }>(freeAgents),
    ({ agents }) =>
      new Set(agents.nodes.filter((each) => each.isConnected).map(({ kind }) => kind)).size === 2,
    120,
  );
  const goTo = (step: RegExp) =>
    page.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: step }).click();
  await page.getByRole('main').getByRole('link', { name: 'Create zone' }).click();
  await page.getByLabel('Name of the zone').fill(name);
  await page.getByRole('button', { name: 'Begin' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await goTo(/Hosts/);
  await expect(
    page.getByRole('group', { name: 'Enrolled agents' }).getByRole('checkbox').first(),
  ).toBeChecked();
  await goTo(/Storage/);
  await page.getByLabel('Directory of the primary storage').fill(`${folder}/primary`);
  await page.getByLabel('Directory of the secondary storage').fill(`${folder}/images`);
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await goTo(/Review/);
  await page.getByRole('button', { name: 'Launch the zone' }).click();
  await expect(page.getByText('The zone is there, and open for machines.')).toBeVisible({ timeout: 120_000 });
}
