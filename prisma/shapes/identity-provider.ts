/** An OpenID Connect issuer. */
export interface OidcConfiguration {
  /** Whether it may have a private address: only root administrators set up such. */
  reachesInside?: boolean;
  /** Exactly as in its tokens: `https://id.example.org`. */
  issuer: string;
  clientId: string;
  /** Beside `openid`. */
  scopes: string[];
  usernameClaim: string;
  groupsClaim: string;
}

/** An LDAP directory. */
export interface LdapConfiguration {
  /** Whether it may have a private address: only root administrators set up such. */
  reachesInside?: boolean;
  /** `ldap://…` or `ldaps://…`. */
  url: string;
  /** Whether to ask for TLS over `ldap://`. */
  startTls: boolean;
  /** PEM of the authority that signed its certificate; absent: those the system trusts. */
  certificateAuthority?: string;
  /** User that may search; absent: anonymous. */
  bindDn?: string;
  /** Where users are looked for. */
  baseDn: string;
  /** `{username}` stands for what was typed, escaped: `(uid={username})`. */
  userFilter: string;
  /** Attribute that never changes and names a user: `entryUUID`. */
  idAttribute: string;
  emailAttribute: string;
  /** Attribute of the user that names groups (`memberOf`), when groups are not searched for. */
  groupAttribute?: string;
  /** Where groups are looked for, and how: `(member={dn})`; their `cn` is the group's name. */
  groupBaseDn?: string;
  groupFilter?: string;
}

/** What is needed to talk to a provider, but for its secret. */
export type ProviderConfiguration = OidcConfiguration | LdapConfiguration;
