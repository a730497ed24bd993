import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import pdfmake from 'pdfmake';
import { unpackWoff } from './woff.ts';

/** What statements are written in. */
export const fontName = 'NotoSansSC';

const require = createRequire(import.meta.url);
const fontFiles = {
  normal: require.resolve('@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-400-normal.woff'),
  bold: require.resolve('@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-700-normal.woff'),
};

/** The package's types leave out what Node has of it. */
type WithFiles = typeof pdfmake & { virtualfs: { writeFileSync(name: string, bytes: Buffer): void } };

let isLoaded = false;

/**
 * Noto Sans SC (SIL Open Font License 1.1), with Latin and simplified Chinese: it is read when the first statement is
 * written, and kept. A document has in it what it uses. Nothing else is read from files, and nothing from the network.
 */
export function loadFonts(): void {
  if (isLoaded) return;
  const files = (pdfmake as WithFiles).virtualfs;
  for (const [name, path] of Object.entries(fontFiles))
    files.writeFileSync(`${name}.ttf`, unpackWoff(readFileSync(path)));
  pdfmake.setFonts({ [fontName]: { normal: 'normal.ttf', bold: 'bold.ttf' } });
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy(() => false);
  isLoaded = true;
}
