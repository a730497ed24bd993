import { sql, type RawBuilder } from 'kysely';
import type { GuardedTable } from '../identity/access/visibility.ts';

/** Where things of one table are looked for. */
export interface SearchSource {
  table: GuardedTable;
  /** What people call it by. */
  name: RawBuilder<string>;
  /** Other texts that it is found by; the first that matches is shown beside its name. */
  also?: readonly RawBuilder<string>[];
  /** Rows that are never found. */
  where?: RawBuilder<boolean>;
}

const name = sql<string>`"name"`;

/** Tags as people write them: `env=prod`. */
const tags = sql<string>`(case when "tags" = '{}'::jsonb then '' else
  (select string_agg(tag.key || '=' || tag.value, ' ') from jsonb_each_text("tags") tag) end)`;

/** In the order in which what was found is shown where it matches equally well. */
export const searchSources: readonly SearchSource[] = [
  { table: 'VirtualMachine', name, also: [tags] },
  { table: 'Host', name },
  { table: 'Account', name, where: sql<boolean>`"roleId" is not null` },
  { table: 'User', name: sql`"username"`, also: [sql`"displayName"`, sql`"email"`] },
  { table: 'Project', name },
  { table: 'Domain', name: sql`"path"` },
  { table: 'Image', name },
  { table: 'Volume', name },
  { table: 'VirtualMachineSnapshot', name },
  { table: 'Zone', name },
  { table: 'Pod', name },
  { table: 'Cluster', name },
  { table: 'StoragePool', name, also: [sql`"path"`] },
  { table: 'ImageStore', name, also: [sql`"path"`] },
  { table: 'GuestNetwork', name },
  { table: 'PhysicalNetwork', name },
  { table: 'ServiceOffering', name },
  { table: 'DiskOffering', name },
  { table: 'SshKeyPair', name, also: [sql`"fingerprint"`] },
  { table: 'AffinityGroup', name },
  { table: 'Role', name },
  { table: 'Tariff', name },
  { table: 'Budget', name },
];
