/** A guard as it stands in the source, and the source without it. */
export interface Guard {
  name: string;
  file: string;
  /** Stands there exactly once. */
  text: string;
  without: string;
  /** Parts of the access test that must notice, as `ACCESS_ONLY` takes them. */
  noticedBy: readonly string[];
}

const access = 'server/identity/access';

/** What keeps things apart, one by one: `npm run bite` removes each and demands that the access test fails. */
export const guards: readonly Guard[] = [
  {
    name: 'what one sees of a table is what its rule says',
    file: `${access}/visibility.ts`,
    text: 'return mayRead(actor, table) ? rules[table].seen(actor) : nothing;',
    without: 'return mayRead(actor, table) ? everything : nothing;',
    noticedBy: ['query volumes'],
  },
  {
    name: 'lists are confined to what one sees',
    file: 'server/graphql/connection.ts',
    text: 'const where = [scopeOf(actor, table), ...query.where];',
    without: 'const where = [sql<boolean>`true`, ...query.where];',
    noticedBy: ['query virtualMachines'],
  },
  {
    name: 'things are loaded only if one sees them',
    file: `${access}/guarded-loader.ts`,
    text: 'const rows = await readRows(this.#db, this.#actor, table, ids);',
    without:
      'const { rows } = await sql<any>`select * from ${sql.table(table)} where "id" = any(${ids}::text[])`.execute(this.#db);',
    noticedBy: ['VirtualMachine'],
  },
  {
    name: 'an operation asks for its permission',
    file: `${access}/guarded-loader.ts`,
    text: 'if (actor.rights.has(permission)) return;',
    without: 'return;',
    noticedBy: ['mutation updateVirtualMachine'],
  },
  {
    name: 'what is only shared is not changed',
    file: `${access}/guarded-loader.ts`,
    text: 'if (rows.length === 0) {',
    without: 'if (rows.length < 0) {',
    noticedBy: ['mutation destroyVirtualMachine'],
  },
  {
    name: 'a project is for its members',
    file: `${access}/actor-store.ts`,
    text: 'where m."accountId" = a."id" and p."state" <> \'DELETING\'',
    without: 'where p."state" <> \'DELETING\'',
    noticedBy: ['query projects'],
  },
  {
    name: 'administrators of a domain see that domain and those below it',
    file: `${access}/visibility.ts`,
    text: 'on d."id" = a."domainId" where d."lineage" @> array[${domainId}]::text[]',
    without: 'on d."id" = a."domainId" where d."lineage" is not null or ${domainId}::text is null',
    noticedBy: ['query users'],
  },
  {
    name: 'an API key is confined to its scopes',
    file: `${access}/rights.ts`,
    text: 'if (scopes.length === 0) return rights;',
    without: 'return rights;',
    noticedBy: ['mutation stopVirtualMachine'],
  },
  {
    name: 'the change feed tells of what one sees',
    file: `${access}/visibility.ts`,
    text: 'return accountId !== null && (accountId === actor.accountId || actor.projects.has(accountId));',
    without: 'return true;',
    noticedBy: ['subscription changes'],
  },
  {
    name: 'nobody comes in without signing in',
    file: 'server/graphql/permission-plugin.ts',
    text: 'if (viewer === null) throw signInFirst();',
    without: 'if (viewer === null) return resolve(parent, args, context, info);',
    noticedBy: ['query changeCursor'],
  },
];
