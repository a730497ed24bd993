/** What an identity provider vouches for about somebody. */
export interface Person {
  /** Never changes and is never given to somebody else: `sub` of OpenID Connect, `entryUUID` of LDAP. */
  externalId: string;
  /** Name wished for, in lower case. */
  username: string;
  displayName: string | null;
  email: string | null;
  /** As the provider names them. */
  groups: string[];
}

/** Why somebody whom a provider vouches for does not get in. For the audit log, and as `problem` at the sign-in page. */
export type RefusalReason = 'NO_ROLE' | 'BAD_USERNAME' | 'USERNAME_TAKEN' | 'DOMAIN_GONE';
