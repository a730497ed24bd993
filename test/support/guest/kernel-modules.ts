import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** The kernel modules of the guest: what each list of `load-modules` loads, before dependencies. */
const moduleLists = {
  'virtio-disk': ['virtio_pci', 'virtio_blk'],
  scsi: ['sd_mod', 'sr_mod', 'isofs', 'virtio_scsi', 'ata_generic', 'ata_piix'],
  'power-button': ['button', 'evdev'],
  network: ['virtio_pci', 'virtio_net'],
  channel: ['virtio_pci', 'virtio_console'],
  late: ['virtio_rng', 'virtio_balloon'],
} as const;

/** The name of a list of modules. */
export type ModuleList = keyof typeof moduleLists;

/**
 * Copies the modules of some lists into a guest's `/lib/modules`, with one file per list that names them in the
 * order in which they must be loaded.
 *
 * @param packages where the kernel package is unpacked
 * @param root the guest's root folder
 */
export async function installModules(
  packages: string,
  root: string,
  lists: readonly ModuleList[],
): Promise<void> {
  const files = await findModules(packages);
  const target = join(root, 'lib/modules');
  await mkdir(target, { recursive: true });
  for (const list of lists) {
    const ordered = new Map<string, Buffer>();
    for (const name of moduleLists[list]) await addModule(name, files, ordered);
    for (const [name, content] of ordered) await writeFile(join(target, `${name}.ko`), content);
    await writeFile(join(target, list), [...ordered.keys(), ''].join('\n'));
  }
}

async function findModules(packages: string): Promise<Map<string, string>> {
  const folder = join(packages, 'lib/modules');
  const found = await readdir(folder, { recursive: true });
  const modules = found.filter((file) => file.endsWith('.ko'));
  return new Map(modules.map((file) => [moduleName(file), join(folder, file)]));
}

/** A module is named with dashes in its file and with underscores everywhere else. */
function moduleName(file: string): string {
  return basename(file, '.ko').replaceAll('-', '_');
}

async function addModule(
  name: string,
  files: ReadonlyMap<string, string>,
  ordered: Map<string, Buffer>,
): Promise<void> {
  if (ordered.has(name)) return;
  const file = files.get(name);
  if (!file) throw new Error(`The kernel package has no module ${name}.`);
  const content = await readFile(file);
  for (const dependency of dependenciesOf(content)) await addModule(dependency, files, ordered);
  ordered.set(name, content);
}

function dependenciesOf(module: Buffer): string[] {
  const start = module.indexOf('\0depends=') + '\0depends='.length;
  const names = module.toString('latin1', start, module.indexOf(0, start));
  return names === '' ? [] : names.split(',').map(moduleName);
}
