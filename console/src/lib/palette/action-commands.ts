import Building2 from '~icons/lucide/building-2';
import Keyboard from '~icons/lucide/keyboard';
import Languages from '~icons/lucide/languages';
import LogOut from '~icons/lucide/log-out';
import Plus from '~icons/lucide/plus';
import SunMoon from '~icons/lucide/sun-moon';
import { setMode, userPrefersMode } from 'mode-watcher';
import { goto } from '$app/navigation';
import { locales } from '#paraglide/runtime.js';
import { locale, localeNames } from '../i18n/locale.svelte.ts';
import { notices } from '../notices/notices.svelte.ts';
import { projectScope } from '../projects/project-scope.svelte.ts';
import { session } from '../session/session.svelte.ts';
import { shortcutHelp } from '../shortcuts/shortcut-help.svelte.ts';
import { m } from '#messages';
import type { PaletteCommand } from './commands.ts';

/** Pages on which something new is made. */
function makingCommands(): PaletteCommand[] {
  const makers = [
    { path: '/virtual-machines/new', label: m.palette_create_machine, permission: 'virtualMachine.deploy' },
    { path: '/zones/new', label: m.palette_create_zone, permission: 'zone.create' },
    { path: '/images?new=template', label: m.palette_register_template, permission: 'template.register' },
    { path: '/images?tab=isos&new=iso', label: m.palette_register_iso, permission: 'iso.register' },
  ];
  return makers
    .filter(({ permission }) => session.can(permission))
    .map(({ path, label }) => ({
      id: `make ${path}`,
      label: label(),
      icon: Plus,
      words: `create new ${path}`,
      run: () => void goto(path),
    }));
}

function lookCommands(): PaletteCommand[] {
  const modes = [
    { mode: 'light', label: m.shell_theme_light },
    { mode: 'dark', label: m.shell_theme_dark },
    { mode: 'system', label: m.shell_theme_system },
  ] as const;
  return [
    ...locales
      .filter((each) => each !== locale.current)
      .map((each) => ({
        id: `language ${each}`,
        label: m.palette_language({ language: localeNames[each] }),
        icon: Languages,
        words: `language ${each} ${localeNames[each]}`,
        run: () => locale.set(each),
      })),
    ...modes
      .filter(({ mode }) => mode !== userPrefersMode.current)
      .map(({ mode, label }) => ({
        id: `theme ${mode}`,
        label: m.palette_theme({ theme: label() }),
        icon: SunMoon,
        words: `theme ${mode}`,
        run: () => setMode(mode),
      })),
  ];
}

/** What can be done wherever one is, as far as the role permits. */
export function actionCommands(): PaletteCommand[] {
  return [
    ...makingCommands(),
    ...(projectScope.id === null
      ? []
      : [
          {
            id: 'leave project',
            label: m.palette_leave_project(),
            icon: Building2,
            words: 'project account',
            run: () => projectScope.choose(null),
          },
        ]),
    ...lookCommands(),
    {
      id: 'shortcuts',
      label: m.shortcuts_title(),
      icon: Keyboard,
      words: 'keyboard shortcuts help',
      run: () => shortcutHelp.open(),
    },
    {
      id: 'sign out',
      label: m.session_sign_out(),
      icon: LogOut,
      words: 'sign out log out exit',
      run: () => void session.signOut().catch((error: unknown) => notices.fail(m.session_sign_out(), error)),
    },
  ];
}
