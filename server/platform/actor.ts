import type { AccountType, ProjectRole } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';

/** Who asks: a signed-in user, through a session or an API key, with the rights of this moment. */
export interface Actor {
  userId: Id<'User'>;
  username: string;
  accountId: Id<'Account'>;
  accountName: string;
  domainId: Id<'Domain'>;
  /** Ids from ROOT down to the account's domain. */
  lineage: readonly Id<'Domain'>[];
  roleId: Id<'Role'>;
  /** Follows from the role, and ranks it. */
  accountType: AccountType;
  /** Permissions: what the role allows and, for an API key, its scopes do too. */
  rights: ReadonlySet<string>;
  /** Accounts of the projects that the actor's account takes part in, and as what. */
  projects: ReadonlyMap<Id<'Account'>, ProjectRole>;
  /** The password has to be changed before anything else: until then there are no rights. */
  mustChangePassword: boolean;
  /** A second factor has to be set up before anything else: until then there are no rights. */
  mustEnrolSecondFactor: boolean;
  /** How they signed in; exactly one is set. */
  sessionId: Id<'UserSession'> | null;
  apiKeyId: Id<'ApiKey'> | null;
  /** When the session, or the key, ends in any case. */
  expiresAt: Date | null;
  /** Address the request came from. */
  clientAddress: string;
}
