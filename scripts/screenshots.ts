// `npm run screenshots`: pictures of every page of the console, in both languages and themes, of a Nephos of its own.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { everyPage, openPage, remember, signInAs, type Theme } from '../test/e2e/console-pages.ts';
import { startSampleCloud } from '../test/e2e/sample-cloud.ts';
import { browserArguments, findBrowser } from '../test/support/browser.ts';

const folder = path.resolve(import.meta.dirname, '../.cache/screenshots');
const sizes = { desktop: { width: 1366, height: 850 }, phone: { width: 390, height: 844 } };
/** A page that is longer is cut off. */
const tallest = 2400;

const { values } = parseArgs({
  options: {
    // Only pages whose name holds this.
    only: { type: 'string', default: '' },
    phone: { type: 'boolean', default: false },
  },
});
const size = sizes[values.phone ? 'phone' : 'desktop'];

/** The page as it is when one scrolls to its end. */
async function takePicture(page: Page, file: string): Promise<void> {
  const height = await page.evaluate(() => (document.querySelector('main')?.scrollHeight ?? 0) + 48);
  await page.setViewportSize({ ...size, height: Math.min(tallest, Math.max(size.height, height)) });
  await page.screenshot({ path: path.join(folder, file) });
  await page.setViewportSize(size);
}

const fileOf = (name: string, look: string) => `${name.replaceAll(/[^\p{L}\d]+/gu, '-')}.${look}.png`;

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await using cloud = await startSampleCloud();
await using browser = await chromium.launch({ executablePath: findBrowser(), args: browserArguments });
const pages = Object.entries(await everyPage(cloud.admin)).filter(([name]) => name.includes(values.only));
const looks: string[] = [];
for (const locale of ['en', 'zh-CN'] as const) {
  for (const theme of ['light', 'dark'] satisfies Theme[]) {
    const look = `${locale}.${theme}`;
    looks.push(look);
    await using context = await browser.newContext({ viewport: size });
    const page = await context.newPage();
    await signInAs(page, cloud.product.url);
    await remember(page, { locale, theme });
    for (const [name, address] of pages) {
      await openPage(page, `${cloud.product.url}${address}`);
      await takePicture(page, fileOf(name, look));
    }
    console.log(`${pages.length} pages, ${look}`);
  }
}
const sheet = pages.map(
  ([name]) =>
    `<h2>${name}</h2><p>${looks.map((look) => `<img loading="lazy" src="${fileOf(name, look)}">`).join('')}</p>`,
);
writeFileSync(
  path.join(folder, 'index.html'),
  `<!doctype html><meta charset="utf-8"><title>Nephos</title><style>img { width: 24%; vertical-align: top }</style>${sheet.join('')}`,
);
console.log(`file://${folder}/index.html`);
