import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RfbScreen } from './rfb-screen.ts';

const folder = path.join(import.meta.dirname, '../../.cache/tutorial');

/** Keeps what a screen shows. @returns the file, relative to the working directory */
export async function keepScreenshot(screen: RfbScreen, name: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, `${name}.png`);
  await writeFile(file, screen.toPng());
  return path.relative(process.cwd(), file);
}
