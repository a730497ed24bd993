import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { browserArguments, findBrowser } from '../support/browser.ts';
import { everyPage, openPage, remember, signInAs, type Theme } from './console-pages.ts';
import { startSampleCloud } from './sample-cloud.ts';

const sizes = { desktop: { width: 1366, height: 850 }, phone: { width: 390, height: 844 } };
/** A page that is longer is cut off. */
const tallest = 2400;

export interface ScreenshotOptions {
  /** Emptied first. */
  folder: string;
  /** Only pages whose name holds this. */
  only: string;
  isPhone: boolean;
}

const fileOf = (name: string, look: string) => `${name.replaceAll(/[^\p{L}\d]+/gu, '-')}.${look}.png`;

/** Takes pictures of every page, in each language and theme, and makes a sheet of them. */
export async function takeScreenshots({ folder, only, isPhone }: ScreenshotOptions): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const size = sizes[isPhone ? 'phone' : 'desktop'];
  await using cloud = await startSampleCloud();
  await using browser = await chromium.launch({ executablePath: findBrowser(), args: browserArguments });
  const pages = Object.entries(await everyPage(cloud.admin)).filter(([name]) => name.includes(only));
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
      console.log(`${pages.length} pages, ${look}`);
    }
  }
  const names = pages.map(([name]) => name);
  writeFileSync(path.join(folder, 'index.html'), sheetOf(names, looks));
}

/** The page as it is when one scrolls to its end. */
async function takePicture(page: Page, size: { width: number; height: number }, file: string): Promise<void> {
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
