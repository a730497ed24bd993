import Ban from '~icons/lucide/ban';
import CircleCheck from '~icons/lucide/circle-check';
import Lock from '~icons/lucide/lock';
import PencilLine from '~icons/lucide/pencil-line';
import Trash2 from '~icons/lucide/trash-2';
import type { Component } from 'svelte';
import { session } from '../session/session.svelte.ts';
import { m } from '#messages';
import type { Account } from './fragments.ts';

export type AccountCommandName = 'EDIT' | 'ENABLE' | 'LOCK' | 'DISABLE' | 'DELETE';

export interface AccountCommand {
  name: AccountCommandName;
  label: () => string;
  icon: Component;
  permission: string;
  isDangerous?: boolean;
}

/** In the order that menus show them, in groups. */
export const accountCommandGroups: AccountCommand[][] = [
  [{ name: 'EDIT', label: m.accounts_action_EDIT, icon: PencilLine, permission: 'account.update' }],
  [
    { name: 'ENABLE', label: m.accounts_action_ENABLE, icon: CircleCheck, permission: 'account.enable' },
    { name: 'LOCK', label: m.accounts_action_LOCK, icon: Lock, permission: 'account.lock' },
    { name: 'DISABLE', label: m.accounts_action_DISABLE, icon: Ban, permission: 'account.disable' },
  ],
  [
    {
      name: 'DELETE',
      label: m.accounts_action_DELETE,
      icon: Trash2,
      permission: 'account.delete',
      isDangerous: true,
    },
  ],
];

/** Why something cannot be done to an account now; what only the server knows, it says itself. */
export function reasonAgainst(name: AccountCommandName, account: Account): string | null {
  if (account.isDeleting) return m.accounts_is_deleting();
  const isOwn = account.id === session.viewer?.account?.id;
  if (name !== 'EDIT' && name !== 'ENABLE' && isOwn) return m.accounts_not_own();
  if (name === 'ENABLE' && account.accountState === 'ENABLED') return m.accounts_is_enabled();
  if (name === 'LOCK' && account.accountState === 'LOCKED') return m.accounts_is_locked();
  if (name === 'DISABLE' && account.accountState === 'DISABLED') return m.accounts_is_disabled();
  return null;
}

/** What a dialog asks about now. One for the whole page: it must outlive the row that it was asked for in. */
class AccountCommands {
  question = $state.raw<{ name: AccountCommandName; account: Account }>();

  choose(name: AccountCommandName, account: Account): void {
    this.question = { name, account };
  }

  close(): void {
    this.question = undefined;
  }
}

export const accountCommands = new AccountCommands();
