import { mutate } from '../api/connection.svelte.ts';
import type { Bulk } from '../list/bulk/bulk-action.ts';
import { session } from '../session/session.svelte.ts';
import { m } from '#messages';
import type { User } from './fragments.ts';
import { reasonAgainst, userCommandGroups } from './user-commands.svelte.ts';
import { plainUserMutations } from './user-mutations.ts';

const impacts = {
  ENABLE: m.users_enable_text,
  LOCK: m.users_lock_text,
  DISABLE: m.users_disable_text,
};

function isBulk(name: string): name is keyof typeof impacts {
  return name in impacts;
}

/** What can be done to many users at once; `undefined` where the role allows nothing of it. */
export function userBulk(): Bulk<User> | undefined {
  const actions = userCommandGroups.flat().flatMap(({ name, label, icon, permission }) =>
    isBulk(name) && session.can(permission)
      ? [
          {
            id: name,
            label: label(),
            icon,
            isDangerous: name !== 'ENABLE',
            impact: () => [impacts[name]()],
            reasonAgainst: (user: User) => reasonAgainst(name, user),
            run: async ({ id, version }: User) => {
              await mutate(plainUserMutations[name], { input: { id, expectedVersion: version } });
              return undefined;
            },
          },
        ]
      : [],
  );
  if (actions.length === 0) return undefined;
  return { actions, nameOf: ({ username }) => username, pathOf: ({ id }) => `/users/${id}` };
}
