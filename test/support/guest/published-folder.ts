import { access, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const abandonedAfterMs = 60 * 60 * 1000;

/**
 * Returns the folder `parent/name` and has it filled if it does not exist yet. It appears all at once when it is
 * complete; a process killed before leaves only a hidden folder, which a later call removes. Of two processes that
 * fill it at the same time, the first to finish is taken and the work of the other dropped.
 *
 * @param fill writes into `target`, which becomes the folder, and may use the empty folder `scratch`
 */
export async function publishedFolder(
  parent: string,
  name: string,
  fill: (target: string, scratch: string) => Promise<void>,
): Promise<string> {
  const published = join(parent, name);
  if (await exists(published)) return published;
  await mkdir(parent, { recursive: true });
  await removeAbandoned(parent);
  const hidden = await mkdtemp(join(parent, '.unfinished-'));
  try {
    const [target, scratch] = [join(hidden, 'target'), join(hidden, 'scratch')];
    await Promise.all([mkdir(target), mkdir(scratch)]);
    await fill(target, scratch);
    // Renaming fails when another process has published its own meanwhile.
    await rename(target, published).catch(async (error: unknown) => {
      if (!(await exists(published))) throw error;
    });
  } finally {
    await rm(hidden, { recursive: true, force: true });
  }
  return published;
}

async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const folder = join(parent, name);
    if (!name.startsWith('.unfinished-')) continue;
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > abandonedAfterMs) await rm(folder, { recursive: true, force: true });
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
