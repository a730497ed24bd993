import { lutimes, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The time all files of the guest bear, so that the same inputs give the same images. */
const fixedTime = new Date('2026-01-01T00:00:00Z');

/** The same as seconds since 1970, as programs want it. */
export const fixedSeconds = String(fixedTime.getTime() / 1000);

/** Sets the times of a folder and everything in it to {@link fixedTime}. */
export async function stampTimes(folder: string): Promise<void> {
  for (const path of ['', ...(await readdir(folder, { recursive: true }))]) {
    await lutimes(join(folder, path), fixedTime, fixedTime);
  }
}
