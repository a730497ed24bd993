import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectDatabase, type Database } from '@nephos/model/database.ts';
import { ensurePartitions } from '@nephos/server/platform/partitions.ts';
import { expect, type Browser, type Page, test } from '@playwright/test';
import { sql } from 'kysely';
import { openDataFolder } from '../../scripts/launch/data-folder.ts';
import { reachDatabase } from '../../scripts/launch/reach-database.ts';
import { type ApiClient, signIn } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { registerTemplate } from '../support/machines.ts';
import { PassingClock } from '../support/passing-clock.ts';
import { pdfText } from '../support/pdf-text.ts';
import { adminPassword, type Product, startProduct } from '../support/product.ts';
import { findBarriers } from './accessibility.ts';
import { headerOf, signInAs } from './console-pages.ts';
import { createZone } from './zones.ts';

test.describe.configure({ mode: 'serial' });

let product: Product;
let admin: ApiClient;
let clock: PassingClock;
const folder = mkdtempSync(path.join(tmpdir(), 'nephos-clock-'));

const minuteMs = 60_000;
/** The end of a month, by the clocks of UTC, that is some minutes away at least. */
const monthEnd = (() => {
  const soon = new Date(Date.now() + 40 * minuteMs);
  return new Date(Date.UTC(soon.getUTCFullYear(), soon.getUTCMonth() + 1, 1));
})();
/** A statement bears the year in which it is issued. */
const firstNumber = `${monthEnd.getUTCFullYear()}-000001`;
/** So much is left of the month when the machine is made. */
const leftMs = 30 * minuteMs;
const month = new Date(monthEnd.getTime() - 1).toISOString().slice(0, 7);

test.beforeAll(async () => {
  test.setTimeout(400_000);
  clock = new PassingClock(folder);
  product = await startProduct({ driver: 'simulator', env: clock.env });
  const before = await signIn(product.url, 'admin', adminPassword);
  await registerTemplate(before, await createZone(before, product.dataFolder));
  await before.ask(
    'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }',
    { input: { name: 'acme', username: 'acme', password: adminPassword, mustChangePassword: false } },
  );
  // Housekeeping looks two weeks ahead, every ten minutes: of so much at once it knows nothing.
  await withDatabase((db) => ensurePartitions(db, monthEnd));
  clock.pass((monthEnd.getTime() - leftMs - clock.now().getTime()) / 1000);
  // A session that began before its processes looked at the clock would be over at once.
  await eventually(
    async () => (await before.ask<Overview>('{ costOverview { at } }')).costOverview.at,
    (at) => Date.parse(at) > clock.now().getTime() - minuteMs,
  );
  await before.close();
  admin = await signIn(product.url, 'admin', adminPassword);
  await eventually(
    async () => (await admin.ask<Hosts>('{ hosts { nodes { linkState } } }')).hosts.nodes,
    (hosts) => hosts.every(({ linkState }) => linkState === 'UP'),
    60,
  );
});

interface Overview {
  costOverview: { at: string };
}

interface Hosts {
  hosts: { nodes: { linkState: string }[] };
}

test.afterAll(async () => {
  await admin.close();
  await product.stop({ machines: 'destroy' });
  rmSync(folder, { recursive: true, force: true });
});

/** A page whose clock is the product's, signed in. */
async function openAs(browser: Browser, username: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.clock.install({ time: clock.now() });
  await signInAs(page, product.url, username);
  return page;
}

/** A figure without its currency: `CN¥1,234.56`. */
const figure = (text: string | null) => Number((text ?? '').replaceAll(/[^\d.-]/g, ''));

test('an operator sets a price', async ({ browser }) => {
  const page = await openAs(browser, 'admin');
  await page.goto(`${product.url}/tariffs`);
  await page.getByRole('button', { name: 'Create tariff' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('machines');
  await dialog.getByLabel('Type', { exact: true }).selectOption({ label: 'Running machine' });
  await dialog.getByLabel('Unit', { exact: true }).selectOption({ label: 'hour' });
  await dialog.getByLabel('Price of a unit in CNY').fill('36');
  await dialog.getByRole('button', { name: 'Create tariff' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('row').filter({ hasText: 'machines' })).toContainText('36');
  await page.context().close();
});

test('an operator says what becomes of those who owe, and is told at its field what cannot be', async ({
  browser,
}) => {
  const page = await openAs(browser, 'admin');
  await page.goto(`${product.url}/credits?tab=policies`);
  await page.getByRole('button', { name: 'Set a policy' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Domain' }).click();
  await page.getByRole('option', { name: '/', exact: true }).click();
  // Nobody has paid for anything here.
  await dialog.getByLabel('Enforce this policy').uncheck();
  await dialog.getByLabel('Nothing new after (hours)').fill('24');
  const stop = dialog.getByLabel('Stop machines after (hours)');
  await stop.fill('12');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(stop).toHaveAccessibleDescription('must be from 24 to 8760');
  await expect(dialog.getByRole('alert')).toContainText(
    'Stop machines after (hours): must be from 24 to 8760',
  );
  await stop.fill('72');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('row').filter({ hasText: 'after 72 h' })).toContainText('after 24 h');
  await page.context().close();
});

test('a tenant sees what a machine will cost, makes it, and sees its cost grow', async ({ browser }) => {
  test.setTimeout(400_000);
  const page = await openAs(browser, 'acme');
  await page.goto(`${product.url}/virtual-machines/new`);
  await page.getByRole('radio', { name: 'tiny' }).first().check();
  const price = page.getByRole('region', { name: 'Price' });
  await expect(price).toContainText('CN¥26,280.00');
  await expect(price).toContainText('CN¥36.00');
  await expect(price).toContainText('Machine, running');
  await page.getByLabel('Name', { exact: true }).fill('web-1');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'web-1' })).toBeVisible();
  await expect(headerOf(page).getByText('Running', { exact: true })).toBeVisible();
  await page.goto(`${product.url}/costs`);
  const soFar = page.getByTestId('month-to-date');
  // The daemon counts every minute; after a count that took it long it rests for longer.
  await expect(soFar).toBeVisible({ timeout: 150_000 });
  await expect.poll(async () => figure(await soFar.textContent()), { timeout: 150_000 }).toBeGreaterThan(0);
  const first = figure(await soFar.textContent());
  await expect.poll(async () => figure(await soFar.textContent())).toBeGreaterThan(first);
  await expect(page.getByRole('row').filter({ hasText: 'Running machine' })).toContainText('CN¥36.00');
  expect(await findBarriers(page)).toEqual([]);
  await page.context().close();
});

test('a tenant sets a budget, and sees how far it is spent', async ({ browser }) => {
  const page = await openAs(browser, 'acme');
  await page.goto(`${product.url}/budgets`);
  await page.getByRole('button', { name: 'Create budget' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('everything');
  await dialog.getByLabel('Amount for a month').fill('100');
  await dialog.getByRole('button', { name: 'Create budget' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('meter', { name: 'everything' })).toHaveAttribute(
    'aria-valuetext',
    /of CN¥100\.00/,
  );
  expect(await findBarriers(page)).toEqual([]);
  await page.context().close();
});

interface Periods {
  usagePeriods: { nodes: { endsAt: string }[] };
}

test('the month closes, and its statement says in print what the console and the database say', async ({
  browser,
}) => {
  test.setTimeout(240_000);
  clock.pass((monthEnd.getTime() - clock.now().getTime()) / 1000 + 16 * 60);
  await expect
    .poll(
      async () => {
        const { usagePeriods } = await admin.ask<Periods>('{ usagePeriods(last: 1) { nodes { endsAt } } }');
        return new Date(usagePeriods.nodes[0]?.endsAt ?? 0).getTime();
      },
      { timeout: 90_000 },
    )
    .toBeGreaterThanOrEqual(monthEnd.getTime());
  const operator = await openAs(browser, 'admin');
  await operator.goto(`${product.url}/statements`);
  await operator.getByRole('button', { name: 'Issue statements' }).click();
  await operator.getByRole('dialog').getByRole('button', { name: 'Issue', exact: true }).click();
  const number = operator.getByRole('link', { name: firstNumber });
  await expect(number).toBeVisible({ timeout: 60_000 });
  await operator.context().close();

  const page = await openAs(browser, 'acme');
  await page.goto(`${product.url}/statements`);
  await page.getByRole('link', { name: firstNumber }).click();
  await page.getByRole('button', { name: 'Download' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'PDF in English' }).click(),
  ]);
  const printed = await pdfText(readFileSync(await download.path()));
  const total = await ratedTotal();
  expect(Number(total)).toBeGreaterThan(0);
  await expect(page.getByRole('main')).toContainText(new Intl.NumberFormat('en', money).format(total));
  const totals = printed.filter((piece) => figure(piece) === Number(total));
  expect(totals.length).toBeGreaterThan(0);
  await page.goto(`${product.url}/costs`);
  await expect(page.getByRole('main')).toContainText(
    `Last month ${new Intl.NumberFormat('en', money).format(total)}`,
  );
  await page.context().close();
});

const money = { style: 'currency', currency: 'CNY' } as const;

/** What the tenant used of the month, from the lines themselves; each usage type is rounded once. */
async function ratedTotal(): Promise<`${number}`> {
  const { rows } = await withDatabase((db) =>
    sql<{ total: `${number}` }>`
      select round(sum(line."amount" / line."unitSize") / 1000000000000, 2)::text as "total"
      from "RatedLine" line join "Account" account on account."id" = line."accountId"
      where account."name" = 'acme' and line."month" = ${month}`.execute(db),
  );
  return rows[0]?.total ?? '0';
}

async function withDatabase<Result>(use: (db: Database) => Promise<Result>): Promise<Result> {
  const { url } = await reachDatabase(openDataFolder(product.dataFolder));
  const { db, close } = connectDatabase({ url, maxConnections: 1, applicationName: 'test' });
  try {
    return await use(db);
  } finally {
    await close();
  }
}
