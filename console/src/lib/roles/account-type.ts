import { m } from '#messages';
import type { AccountType } from './fragments.ts';

export const accountTypeLabels: Record<AccountType, () => string> = {
  ROOT_ADMIN: m.roles_type_ROOT_ADMIN,
  RESOURCE_ADMIN: m.roles_type_RESOURCE_ADMIN,
  DOMAIN_ADMIN: m.roles_type_DOMAIN_ADMIN,
  USER: m.roles_type_USER,
};

/** From the one that may most to the one that may least. */
export const accountTypes = Object.keys(accountTypeLabels) as AccountType[];
