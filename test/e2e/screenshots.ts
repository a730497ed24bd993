import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium, expect, type Page } from '@playwright/test';
import { browserArguments, findBrowser } from '../support/browser.ts';
import { everyPage, openPage, remember, signInAs, untilQuiet, type Theme } from './console-pages.ts';
import { startSampleCloud } from './sample-cloud.ts';

const sizes = {
  desktop: { width: 1366, height: 850 },
  phone: { width: 390, height: 844 },
  wide: { width: 2200, height: 1200 },
};
export type Size = keyof typeof sizes;

/** A page that is longer is cut off. */
const tallest = 2400;

/** What lies over a page, or what it says, when something is pressed on it. */
const pressed: Record<string, { on: string; selector: string }> = {
  palette: { on: 'dashboard', selector: '[aria-keyshortcuts]' },
  'commands of a machine': { on: 'machine', selector: 'main button[aria-haspopup="menu"]' },
  'machine that is refused': { on: 'create machine', selector: 'main button[type="submit"]' },
  'filter of a list': { on: 'machines', selector: 'main button[aria-haspopup="menu"]' },
  'selected machines': { on: 'machines', selector: 'thead input[type="checkbox"]' },
  'create account': { on: 'accounts', selector: 'main button[aria-haspopup="dialog"]' },
  'create tariff': { on: 'tariffs', selector: 'main button[aria-haspopup="dialog"]' },
  'create API key': { on: 'API keys', selector: 'main button[aria-haspopup="dialog"]' },
  'change of a setting': { on: 'settings', selector: 'main tbody button' },
};

export interface ScreenshotOptions {
  /** Emptied first. */
  folder: string;
  /** Only pages whose name holds this. */
  only: string;
  size: Size;
}

const fileOf = (name: string, look: string) => `${name.replaceAll(/[^\p{L}\d]+/gu, '-')}.${look}.png`;

/** Takes pictures of every page, in each language and theme, and makes a sheet of them. */
export async function takeScreenshots({ folder, only, size: sizeName }: ScreenshotOptions): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const size = sizes[sizeName];
  await using cloud = await startSampleCloud();
  await using browser = await chromium.launch({ executablePath: findBrowser(), args: browserArguments });
  const addresses = await everyPage(cloud.admin);
  const pages = Object.entries(addresses).filter(([name]) => name.includes(only));
  const states = Object.entries(pressed).filter(([name]) => name.includes(only));
  const looks: string[] = [];
  for (const locale of ['en', 'zh-CN'] as const) {
    for (const theme of ['light', 'dark'] satisfies Theme[]) {
      const look = `${locale}.${theme}`;
      looks.push(look);
      await using context = await browser.newContext({ viewport: size });
      const page = await context.newPage();
      await signInAs(page, cloud.product.url);
      await remember(page, { locale, theme });
      await page.reload();
      for (const [name, address] of pages) {
        await openPage(page, `${cloud.product.url}${address}`);
        await takePicture(page, size, path.join(folder, fileOf(name, look)));
      }
      for (const [name, { on, selector }] of states) {
        await openPage(page, `${cloud.product.url}${addresses[on]}`);
        await page.locator(selector).first().click();
        await untilQuiet(page);
        await takePicture(page, size, path.join(folder, fileOf(name, look)));
        await page.keyboard.press('Escape');
      }
      console.log(`${pages.length + states.length} pictures, ${look}`);
    }
  }
  const names = [...pages, ...states].map(([name]) => name);
  writeFileSync(path.join(folder, 'index.html'), sheetOf(names, looks));
}

/** The page as it is when one scrolls to its end. */
async function takePicture(page: Page, size: { width: number; height: number }, file: string): Promise<void> {
  await expect(page.locator('[data-skeleton]')).toHaveCount(0);
  const height = await page.evaluate(() => (document.querySelector('main')?.scrollHeight ?? 0) + 48);
  await page.setViewportSize({ ...size, height: Math.min(tallest, Math.max(size.height, height)) });
  await page.screenshot({ path: file });
  await page.setViewportSize(size);
}

function sheetOf(names: readonly string[], looks: readonly string[]): string {
  const parts = names.map((name) => {
    const pictures = looks.map((look) => `<img loading="lazy" src="${fileOf(name, look)}">`);
    return `<h2>${name}</h2><p>${pictures.join('')}</p>`;
  });
  const style = '<style>img { width: 24%; vertical-align: top }</style>';
  return `<!doctype html><meta charset="utf-8"><title>Nephos</title>${style}${parts.join('')}`;
}
