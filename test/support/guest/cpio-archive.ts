import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Packs a folder as a cpio archive in the `newc` form, which the kernel unpacks as its initial RAM disk. Everything
 * in it belongs to root and bears no time, so that the same folder always gives the same bytes. Archives may be
 * joined: a file of a later one replaces that of an earlier one.
 */
export async function packCpio(folder: string): Promise<Buffer> {
  const paths = (await readdir(folder, { recursive: true })).sort();
  const parts: Buffer[] = [];
  for (const [index, path] of paths.entries()) {
    const file = join(folder, path);
    const stats = await lstat(file);
    const content = stats.isSymbolicLink()
      ? Buffer.from(await readlink(file))
      : stats.isFile()
        ? await readFile(file)
        : Buffer.alloc(0);
    parts.push(...entry({ inode: index + 1, mode: stats.mode, path, content }));
  }
  parts.push(...entry({ inode: 0, mode: 0, path: 'TRAILER!!!', content: Buffer.alloc(0) }));
  return Buffer.concat(parts);
}

interface Entry {
  inode: number;
  mode: number;
  path: string;
  content: Buffer;
}

/** See "Initramfs buffer format", https://docs.kernel.org/driver-api/early-userspace/buffer-format.html */
function entry({ inode, mode, path, content }: Entry): Buffer[] {
  const name = Buffer.from(`${path}\0`);
  const [user, group, links, time, device] = [0, 0, 1, 0, 0];
  const numbers = [inode, mode, user, group, links, time, content.length];
  const devices = [device, device, device, device];
  const fields = [...numbers, ...devices, name.length, 0];
  const header = fields.map((field) => field.toString(16).padStart(8, '0')).join('');
  return [...padded(Buffer.concat([Buffer.from(`070701${header}`), name])), ...padded(content)];
}

function padded(part: Buffer): Buffer[] {
  return [part, Buffer.alloc(-part.length & 3)];
}
