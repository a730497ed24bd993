import type { Row } from '@nephos/model/database.ts';
import { PlatformError } from '../../platform/errors.ts';

/** The account of a project is changed as the project is. @throws PlatformError INVALID_STATE */
export function assertNotProject(account: Row<'Account'>): void {
  if (account.roleId !== null) return;
  throw new PlatformError('INVALID_STATE', `account ${account.name} belongs to a project and has no users`, {
    details: { id: account.id },
    remedy: 'change the project instead',
  });
}

/** @throws PlatformError INVALID_STATE for an account of a project, or one that is being deleted */
export function assertOpenAccount(account: Row<'Account'>): void {
  assertNotProject(account);
  if (!account.isDeleting) return;
  throw new PlatformError('INVALID_STATE', `account ${account.name} is being deleted`, {
    details: { id: account.id, isDeleting: true },
  });
}
