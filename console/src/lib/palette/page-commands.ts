import { goto } from '$app/navigation';
import { session } from '../session/session.svelte.ts';
import { permittedGroups } from '../shell/destinations.ts';
import type { PaletteCommand } from './commands.ts';

/** The pages that the navigation leads to, as far as the role permits. */
export function pageCommands(): PaletteCommand[] {
  return permittedGroups((permission) => session.can(permission)).flatMap(({ label: group, destinations }) =>
    destinations.map(({ path, label, icon }) => ({
      id: `page ${path}`,
      label: label(),
      icon,
      words: path,
      ...(group && { hint: group() }),
      run: () => void goto(path),
    })),
  );
}
