import type { Destination } from '../shell/destinations.ts';
import { m } from '#messages';

export interface Shortcut {
  /** Keys to be pressed one after the other; those of one text at the same time: `Ctrl K`. */
  keys: readonly string[];
  label: () => string;
}

export interface ShortcutGroup {
  label: () => string;
  shortcuts: readonly Shortcut[];
}

const everywhere: ShortcutGroup = {
  label: m.shortcuts_everywhere,
  shortcuts: [
    { keys: ['Ctrl K'], label: m.shortcuts_palette },
    { keys: ['?'], label: m.shortcuts_help },
    { keys: ['Esc'], label: m.shortcuts_escape },
  ],
};

const lists: ShortcutGroup = {
  label: m.shortcuts_lists,
  shortcuts: [
    { keys: ['/'], label: m.shortcuts_list_filter },
    { keys: ['j'], label: m.shortcuts_list_next },
    { keys: ['k'], label: m.shortcuts_list_previous },
    { keys: ['Enter'], label: m.shortcuts_list_open },
    { keys: ['x'], label: m.shortcuts_list_select },
    { keys: ['Esc'], label: m.shortcuts_list_leave },
  ],
};

const menus: ShortcutGroup = {
  label: m.shortcuts_menus,
  shortcuts: [
    { keys: ['↓'], label: m.shortcuts_menu_next },
    { keys: ['↑'], label: m.shortcuts_menu_previous },
    { keys: ['Enter'], label: m.shortcuts_menu_choose },
    { keys: ['Tab'], label: m.shortcuts_tab },
  ],
};

/** The first key of those that lead to a page. */
export const goKey = 'g';

/** All shortcuts of the console. @param destinations pages that the role permits */
export function shortcutGroups(destinations: readonly Destination[]): ShortcutGroup[] {
  const pages = destinations.flatMap(({ letter, label }) =>
    letter === undefined ? [] : [{ keys: [goKey, letter], label }],
  );
  return [everywhere, { label: m.shortcuts_go_to, shortcuts: pages }, lists, menus];
}
