import type { AccountRole } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';

/** Who asks: a signed-in user, through a session or an API key. */
export interface Actor {
  userId: Id<'User'>;
  username: string;
  accountId: Id<'Account'>;
  domainId: Id<'Domain'>;
  role: AccountRole;
  /** How they signed in; exactly one is set. */
  sessionId: Id<'UserSession'> | null;
  apiKeyId: Id<'ApiKey'> | null;
  /** Address the request came from. */
  clientAddress: string;
}
