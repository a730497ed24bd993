import Ban from '~icons/lucide/ban';
import CircleCheck from '~icons/lucide/circle-check';
import KeyRound from '~icons/lucide/key-round';
import Lock from '~icons/lucide/lock';
import PencilLine from '~icons/lucide/pencil-line';
import ShieldOff from '~icons/lucide/shield-off';
import Trash2 from '~icons/lucide/trash-2';
import type { Component } from 'svelte';
import { session } from '../session/session.svelte.ts';
import { m } from '#messages';
import type { User } from './fragments.ts';

export type UserCommandName =
  'EDIT' | 'RESET_PASSWORD' | 'RESET_SECOND_FACTOR' | 'ENABLE' | 'LOCK' | 'DISABLE' | 'DELETE';

export interface UserCommand {
  name: UserCommandName;
  label: () => string;
  icon: Component;
  permission: string;
  isDangerous?: boolean;
}

/** In the order that menus show them, in groups. */
export const userCommandGroups: UserCommand[][] = [
  [
    { name: 'EDIT', label: m.users_action_EDIT, icon: PencilLine, permission: 'user.update' },
    {
      name: 'RESET_PASSWORD',
      label: m.users_action_RESET_PASSWORD,
      icon: KeyRound,
      permission: 'user.resetPassword',
    },
    {
      name: 'RESET_SECOND_FACTOR',
      label: m.users_action_RESET_SECOND_FACTOR,
      icon: ShieldOff,
      permission: 'user.resetSecondFactor',
    },
  ],
  [
    { name: 'ENABLE', label: m.users_action_ENABLE, icon: CircleCheck, permission: 'user.enable' },
    { name: 'LOCK', label: m.users_action_LOCK, icon: Lock, permission: 'user.lock' },
    { name: 'DISABLE', label: m.users_action_DISABLE, icon: Ban, permission: 'user.disable' },
  ],
  [
    {
      name: 'DELETE',
      label: m.users_action_DELETE,
      icon: Trash2,
      permission: 'user.delete',
      isDangerous: true,
    },
  ],
];

/** Why something cannot be done to a user now; what only the server knows, it says itself. */
export function reasonAgainst(name: UserCommandName, user: User): string | null {
  const isSelf = user.id === session.viewer?.user.id;
  const isLockedOut = user.lockedUntil !== null && new Date(user.lockedUntil) > new Date();
  switch (name) {
    case 'EDIT':
      return null;
    case 'RESET_PASSWORD':
      if (isSelf) return m.users_not_yourself();
      return user.isExternal ? m.users_has_no_password() : null;
    case 'RESET_SECOND_FACTOR':
      return user.hasSecondFactor ? null : m.users_has_no_second_factor();
    case 'ENABLE':
      return user.accountState === 'ENABLED' && !isLockedOut ? m.users_is_enabled() : null;
    case 'LOCK':
      if (isSelf) return m.users_not_yourself();
      return user.accountState === 'LOCKED' ? m.users_is_locked() : null;
    case 'DISABLE':
      if (isSelf) return m.users_not_yourself();
      return user.accountState === 'DISABLED' ? m.users_is_disabled() : null;
    case 'DELETE':
      return isSelf ? m.users_not_yourself() : null;
  }
}

/** What a dialog asks about now. One for the whole page: it must outlive the row that it was asked for in. */
class UserCommands {
  question = $state.raw<{ name: UserCommandName; user: User }>();

  choose(name: UserCommandName, user: User): void {
    this.question = { name, user };
  }

  close(): void {
    this.question = undefined;
  }
}

export const userCommands = new UserCommands();
