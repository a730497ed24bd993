import { mutate } from '../api/connection.svelte.ts';
import type { Bulk } from '../list/bulk/bulk-action.ts';
import { session } from '../session/session.svelte.ts';
import { m } from '#messages';
import { accountCommandGroups, reasonAgainst } from './account-commands.svelte.ts';
import { plainAccountMutations } from './account-mutations.ts';
import type { Account } from './fragments.ts';

type Name = keyof typeof plainAccountMutations;

const impacts: Record<Name, () => string> = {
  ENABLE: m.accounts_enable_text,
  LOCK: m.accounts_lock_text,
  DISABLE: m.accounts_disable_text,
};

function isPlain(name: string): name is Name {
  return name in impacts;
}

/** What can be done to many accounts at once; `undefined` where the role allows nothing of it. */
export function accountBulk(): Bulk<Account> | undefined {
  const actions = accountCommandGroups.flat().flatMap(({ name, label, icon, permission }) =>
    isPlain(name) && session.can(permission)
      ? [
          {
            id: name,
            label: label(),
            icon,
            isDangerous: name !== 'ENABLE',
            impact: () => [impacts[name]()],
            reasonAgainst: (account: Account) => reasonAgainst(name, account),
            run: async ({ id, version }: Account) => {
              await mutate(plainAccountMutations[name], { input: { id, expectedVersion: version } });
              return undefined;
            },
          },
        ]
      : [],
  );
  if (actions.length === 0) return undefined;
  return { actions, nameOf: ({ name }) => name, pathOf: ({ id }) => `/accounts/${id}` };
}
