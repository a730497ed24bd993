import { runInNamespace } from './libvirt-namespace.ts';

/** libvirt builds the chains of a network card under these names, and renames them once they are complete. */
const unfinished = /^Bridge chain: (?:libvirt-)?[JP]-/m;

/**
 * Removes the chains of guests' network cards where a daemon that was killed left some of them unfinished: libvirt
 * stumbles over them and would never start again. It makes all of them anew as it starts.
 */
export async function removeUnfinishedFilters(namespace: string): Promise<void> {
  const ebtables = (...args: readonly string[]) =>
    runInNamespace(namespace, ['ebtables', '-t', 'nat', ...args]);
  if (!unfinished.test(await ebtables('-L'))) return;
  await ebtables('-F');
  await ebtables('-X');
}
