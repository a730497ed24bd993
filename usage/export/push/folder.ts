import { createHash } from 'node:crypto';
import { mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ExportFolder } from '@nephos/model/shapes/export-target.ts';
import type { Destination } from './destination.ts';
import { SendProblem } from './send-problem.ts';

/**
 * A folder below the one that the configuration names. A file is written under another name, and takes its own when it
 * is whole and on the disk.
 * @param root empty when files may not be written to this machine
 */
export function folderDestination(root: string, { folder }: ExportFolder): Destination {
  return {
    async send({ file, journal, signal }) {
      const place = await openFolder(root, folder);
      const target = path.join(place, file.name);
      if (await isThere(target, file.sizeBytes)) return target;
      // Hidden, so that nobody takes it for a file; what a daemon left that died is written over.
      const draft = path.join(place, `.${file.name}.part`);
      try {
        const handle = await open(draft, 'w', 0o640);
        const hash = createHash('sha256');
        let written = 0;
        try {
          for await (const piece of file.read(0, file.sizeBytes)) {
            signal.throwIfAborted();
            hash.update(piece);
            await handle.writeFile(piece);
            written += piece.length;
            await journal.arrived(written);
          }
          await handle.sync();
        } finally {
          await handle.close();
        }
        if (hash.digest('hex') !== file.sha256)
          throw new SendProblem('what was read of the file is not what was made');
        await rename(draft, target);
        await syncFolder(place);
        return target;
      } catch (error) {
        await rm(draft, { force: true }).catch(() => undefined);
        throw asProblem(error);
      }
    },
  };
}

/** The folder, made where there is none. @throws SendProblem where a link leads out of the root */
async function openFolder(root: string, folder: string): Promise<string> {
  if (root === '')
    throw new SendProblem('the usage daemon has no folder for files: NEPHOS_EXPORT_FOLDER is not set');
  try {
    const place = path.join(root, folder);
    await mkdir(place, { recursive: true, mode: 0o750 });
    const [real, realRoot] = await Promise.all([realpath(place), realpath(root)]);
    if (real !== realRoot && !real.startsWith(realRoot + path.sep))
      throw new SendProblem(`${folder} leads out of the folder for files`);
    return real;
  } catch (error) {
    throw asProblem(error);
  }
}

async function isThere(target: string, sizeBytes: number): Promise<boolean> {
  const found = await stat(target).catch(() => undefined);
  return found?.isFile() === true && found.size === sizeBytes;
}

/** The name, too, must outlive a power cut. */
async function syncFolder(place: string): Promise<void> {
  const handle = await open(place, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function asProblem(error: unknown): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  return code !== undefined && syscall !== undefined ? new SendProblem(message, { cause: error }) : error;
}
