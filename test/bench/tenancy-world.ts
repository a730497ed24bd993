import { connectDatabase, type Database } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { builtInRoles, userRoleId } from '@nephos/server/identity/role/built-in-roles.ts';
import { hashSecret, newSecret } from '@nephos/server/identity/secrets.ts';
import { sql } from 'kysely';
import { fillMachines, type MachineOwner } from './world-machines.ts';
import { idsOf, insertRows, numbersFrom, stamps } from './world-rows.ts';

/** How large a world is, in all. */
export interface WorldSize {
  domains: number;
  accounts: number;
  machines: number;
}

/** Branches below ROOT by their part of everything, and when their machines were made. What is left is the others'. */
const branches = {
  large: { part: 0.3, made: 'any' },
  lastMade: { part: 0.1, made: 'last' },
  firstMade: { part: 0.1, made: 'first' },
  medium: { part: 0.03, made: 'any' },
  tiny: { part: 0, made: 'any' },
} as const;

export type BranchName = keyof typeof branches;

export const branchNames = Object.keys(branches) as BranchName[];

/** Somebody who looks at the world. */
export interface Viewer {
  /** Bearer token. */
  token: string;
  /** How many machines it sees. */
  machines: number;
}

export interface Viewers {
  admins: Record<BranchName, Viewer>;
  /** A user with machines of its own who takes part in many projects. */
  user: Viewer;
}

const domainAdminRoleId = builtInRoles.find(({ name }) => name === 'Domain Admin')?.id;
const machinesOfTiny = 25;
/** Children of each domain inside a branch: three levels below ROOT, or four in the larger ones. */
const fanOut = 9;
const projects = 20;

interface PlannedDomain {
  id: Id<'Domain'>;
  parentId: Id<'Domain'>;
  name: string;
  path: string;
  lineage: Id<'Domain'>[];
}

interface PlannedAccount extends MachineOwner {
  domainId: Id<'Domain'>;
}

/** A branch of the tree, filled level by level, so that it has no more levels than it needs. */
function planDomains(name: string, count: number, rootId: Id<'Domain'>): PlannedDomain[] {
  const planned: PlannedDomain[] = [];
  for (const [index, id] of idsOf('Domain', count).entries()) {
    const parent = index === 0 ? undefined : planned[Math.floor((index - 1) / fanOut)];
    const ownName = index === 0 ? name : `unit-${index}`;
    planned.push({
      id,
      parentId: parent?.id ?? rootId,
      name: ownName,
      path: `${parent?.path ?? ''}/${ownName}`,
      lineage: [...(parent?.lineage ?? [rootId]), id],
    });
  }
  return planned;
}

/** Few accounts have many machines, most have few: the n-th has about 1/n^0.7 of what the first has. */
function planAccounts(
  domains: readonly PlannedDomain[],
  ids: readonly Id<'Account'>[],
  { machines, made }: { machines: number; made: PlannedAccount['made'] },
): PlannedAccount[] {
  const weights = ids.map((_, index) => (index + 1) ** -0.7);
  let weightLeft = weights.reduce((sum, weight) => sum + weight, 0);
  let left = machines;
  return ids.map((id, index) => {
    const weight = weights[index] ?? 0;
    const own = Math.round((left * weight) / weightLeft);
    left -= own;
    weightLeft -= weight;
    // The first stands in the branch's top domain, the others everywhere.
    return { id, domainId: domains[index % domains.length]!.id, machines: own, made };
  });
}

/** Fills the database of a server that has just been started, and says how to come in. */
export async function fillWorld(databaseUrl: string, size: WorldSize): Promise<Viewers> {
  const connection = connectDatabase({ url: databaseUrl, maxConnections: 1, applicationName: 'world' });
  try {
    const viewers = await connection.db.transaction().execute(async (tx) => {
      const tracked = ['Domain', 'Account', 'User', 'Project', 'VirtualMachine', 'Volume', 'Nic'] as const;
      // Nobody follows: these rows are not news.
      for (const table of tracked)
        await sql`alter table ${sql.table(table)} disable trigger track_change`.execute(tx);
      const made = await fill(tx, size);
      for (const table of tracked)
        await sql`alter table ${sql.table(table)} enable trigger track_change`.execute(tx);
      return made;
    });
    // As autovacuum would do within a minute.
    await sql`vacuum analyze`.execute(connection.db);
    return viewers;
  } finally {
    await connection.close();
  }
}

async function fill(tx: Database, size: WorldSize): Promise<Viewers> {
  const root = await tx.selectFrom('Domain').select('id').where('path', '=', '/').executeTakeFirstOrThrow();
  const domains: PlannedDomain[] = [];
  const accounts: PlannedAccount[] = [];
  const heads = new Map<string, PlannedAccount>();
  const left = { ...size };
  // In no order: a branch grows over the years.
  const number = numbersFrom(1);
  const ids = idsOf('Account', size.accounts)
    .map((id) => ({ id, order: number() }))
    .sort((one, other) => one.order - other.order)
    .map(({ id }) => id);
  const add = (name: string, made: PlannedAccount['made'], part: WorldSize) => {
    const own = planDomains(name, part.domains, root.id);
    const held = planAccounts(own, ids.splice(0, part.accounts), { machines: part.machines, made });
    domains.push(...own);
    accounts.push(...held);
    heads.set(name, held[0]!);
    left.domains -= part.domains;
    left.accounts -= part.accounts;
    left.machines -= part.machines;
  };
  for (const [name, { part, made }] of Object.entries(branches)) {
    add(name, made, {
      domains: Math.max(1, Math.round(size.domains * part)),
      accounts: Math.max(1, Math.round(size.accounts * part)),
      machines: Math.round(size.machines * part) || machinesOfTiny,
    });
  }
  // The others: regions of twenty domains.
  for (let region = 1; left.domains > 0; region++) {
    const some = Math.min(20, left.domains);
    const share = some / left.domains;
    add(`region-${region}`, 'any', {
      domains: some,
      accounts: Math.round(left.accounts * share),
      machines: Math.round(left.machines * share),
    });
  }
  const isHead = new Set([...heads.values()].map(({ id }) => id));
  const users = accounts.filter(({ id }) => !isHead.has(id));
  const step = Math.floor(users.length / (projects + 1));
  const [member, ...ofProjects] = users.filter((_, index) => index % step === 0).slice(0, projects + 1);
  const isProjects = new Set(ofProjects.map(({ id }) => id));
  const names = new Map(accounts.map(({ id }, index) => [id, `account-${index + 1}`]));
  await insertRows(
    tx,
    'Domain',
    domains.map((domain) => ({ ...domain, state: 'ACTIVE', ...stamps })),
  );
  await insertRows(
    tx,
    'Account',
    accounts.map(({ id, domainId }) => ({
      id,
      domainId,
      name: names.get(id),
      roleId: isProjects.has(id) ? null : isHead.has(id) ? domainAdminRoleId : userRoleId,
      state: 'ENABLED',
      isDeleting: false,
      ...stamps,
    })),
  );
  const projectIds = idsOf('Project', ofProjects.length);
  await insertRows(
    tx,
    'Project',
    ofProjects.map(({ id }, index) => ({
      id: projectIds[index],
      accountId: id,
      creatorAccountId: member!.id,
      name: `project-${index + 1}`,
      displayText: 'Shared',
      state: 'ACTIVE',
      ...stamps,
    })),
  );
  // The administrator of the medium branch takes part in a project elsewhere.
  const memberships = [
    ...projectIds.map((projectId) => ({ projectId, accountId: member!.id })),
    { projectId: projectIds.at(-1), accountId: heads.get('medium')!.id },
  ];
  await insertRows(
    tx,
    'ProjectMember',
    memberships.map((membership) => ({ ...membership, role: 'MEMBER', createdAt: stamps.createdAt })),
  );
  await fillMachines(tx, accounts);

  const machinesOf = (held: readonly PlannedAccount[]) =>
    held.reduce((sum, { machines }) => sum + machines, 0);
  const admins = {} as Record<BranchName, Viewer>;
  for (const name of branchNames) {
    const head = heads.get(name)!;
    const below = new Set(
      domains.filter(({ lineage }) => lineage.includes(head.domainId)).map(({ id }) => id),
    );
    const held = accounts.filter(({ domainId }) => below.has(domainId));
    admins[name] = {
      token: await keyOf(tx, head.id, `${name}-admin`),
      machines: machinesOf(name === 'medium' ? [...held, ofProjects.at(-1)!] : held),
    };
  }
  const user = {
    token: await keyOf(tx, member!.id, 'member'),
    machines: machinesOf([member!, ...ofProjects]),
  };
  return { admins, user };
}

/** A user of an account, with an API key. */
export async function keyOf(tx: Database, accountId: Id<'Account'>, username: string): Promise<string> {
  const userId = newId('User');
  const token = `nephos_${newSecret()}`;
  await tx.insertInto('User').values({ id: userId, accountId, username, passwordHash: null }).execute();
  await tx
    .insertInto('ApiKey')
    .values({ id: newId('ApiKey'), userId, name: 'bench', tokenHash: hashSecret(token) })
    .execute();
  return token;
}
