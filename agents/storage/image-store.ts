import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir, stat, statfs, unlink } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { CommandPayload, CommandResult } from '@nephos/agent-protocol/commands.ts';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import { formatBytes } from '@nephos/model/kernel/units.ts';
import { download } from './download.ts';
import { inspectImage, type ImageFormat } from './image-inspection.ts';

type Download = CommandPayload<'image.download'>;

/** Unfinished files are called so; they are removed when a download of the same image is begun, or observed. */
const unfinished = '.unfinished';

/** Makes a directory ready. @returns its space */
export async function attachStore(folder: string): Promise<CommandResult<'store.attach'>> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new CommandFailure('INTERNAL', `${folder} cannot be made: ${(error as Error).message}`, {
      cause: error,
    });
  });
  const { blocks, bfree, bsize } = await statfs(folder, { bigint: true });
  return { totalBytes: blocks * bsize, usedBytes: (blocks - bfree) * bsize };
}

/** Removes a directory that {@link attachStore} made, if it is empty. */
export async function detachStore(folder: string): Promise<void> {
  await rmdir(folder).catch(() => undefined);
}

/** The space of a directory, if it is there. */
export async function findStore(folder: string): Promise<CommandResult<'store.attach'> | null> {
  return (await exists(folder)) ? attachStore(folder) : null;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function removeUnfinished(folder: string, fileName: string): Promise<void> {
  const files = await readdir(folder).catch(() => []);
  const left = files.filter((name) => name.startsWith(`${fileName}.`) && name.endsWith(unfinished));
  await Promise.all(left.map((name) => rm(path.join(folder, name), { force: true })));
}

/** Fetches an image, checks it, and puts it in place in one move. */
export async function downloadImage(
  payload: Download,
  context: CommandContext,
): Promise<CommandResult<'image.download'>> {
  const { storePath, fileName, format, url, sha256, maxBytes, maxVirtualBytes, allowedInternalSites } =
    payload;
  await removeUnfinished(storePath, fileName);
  const temporary = path.join(storePath, `${fileName}.${randomUUID()}${unfinished}`);
  const file = await open(temporary, 'wx+', 0o644);
  try {
    const { signal, progress } = context;
    const found = await download(file, {
      url,
      allowedNetworks: allowedInternalSites,
      maxBytes,
      signal,
      progress,
    });
    if (sha256 !== null && found !== sha256) {
      throw new CommandFailure('CHECKSUM_MISMATCH', `the file has SHA-256 ${found}`, { details: { found } });
    }
    const { virtualSizeBytes } = await inspectImage(file, format);
    if (virtualSizeBytes > maxVirtualBytes) {
      throw new CommandFailure(
        'TOO_LARGE',
        `the disk inside has ${formatBytes(virtualSizeBytes)}; at most ${formatBytes(maxVirtualBytes)} are allowed (setting image.max.virtual.bytes)`,
      );
    }
    await file.sync();
    const { size } = await file.stat({ bigint: true });
    await rename(temporary, path.join(storePath, fileName));
    return { sizeBytes: size, virtualSizeBytes, sha256: found };
  } finally {
    await file.close();
    await rm(temporary, { force: true });
  }
}

/** The image in its place, if it is there; half of one that a crash left is removed. */
export async function findImage(payload: {
  storePath: string;
  fileName: string;
  format: ImageFormat;
}): Promise<CommandResult<'image.download'> | null> {
  const { storePath, fileName, format } = payload;
  await removeUnfinished(storePath, fileName);
  const place = path.join(storePath, fileName);
  if (!(await exists(place))) return null;
  const hash = createHash('sha256');
  await pipeline(createReadStream(place), hash);
  const file = await open(place, 'r');
  try {
    const { virtualSizeBytes } = await inspectImage(file, format);
    const { size } = await file.stat({ bigint: true });
    return { sizeBytes: size, virtualSizeBytes, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

/** Removes an image and what is left of unfinished ones; one that is gone is no error. */
export async function deleteImage({ storePath, fileName }: CommandPayload<'image.delete'>): Promise<void> {
  await removeUnfinished(storePath, fileName);
  await unlink(path.join(storePath, fileName)).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
}

/** Whether an image is in its place. */
export function hasImage({ storePath, fileName }: CommandPayload<'image.delete'>): Promise<boolean> {
  return exists(path.join(storePath, fileName));
}
