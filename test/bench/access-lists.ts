import { setTimeout as sleep } from 'node:timers/promises';
import { withMigratedDatabase } from '../../scripts/launch/scratch-database.ts';
import { ApiClient } from '../support/api-client.ts';
import { ServerProcess } from '../support/server-process.ts';
import { quantile, type Bench, type Figures } from './figures.ts';
import { branchNames, fillWorld } from './tenancy-world.ts';

const row = 'nodes { id name state cpuCount memory createdAt }';
const nested = `nodes { id name state ipAddress zone { id name } account { id name domain { id path } }
  volumes { id name size } }`;

/** Lists of machines as the console and programs ask for them: arguments, and what of each machine is wanted. */
const shapes = {
  oldest: ['first: 50', row],
  newest: ['first: 50, orderBy: { field: CREATED_AT, direction: DESC }', row],
  deep: ['first: 50, after: $after', row],
  byName: ['first: 50, orderBy: { field: NAME, direction: ASC }', row],
  searched: ['first: 50, search: "web"', row],
  searchedByName: ['first: 50, search: "web", orderBy: { field: NAME, direction: ASC }', row],
  filtered: ['first: 50, filter: { state: [STOPPED] }', row],
  filteredRarely: ['first: 50, filter: { state: [ERROR] }', row],
  nested: ['first: 50', nested],
  counted: ['first: 50', `totalCount isTotalEstimated ${row}`],
} as const;

/** A busy machine makes fewer rounds. */
const longestMs = 150_000;

type Shape = keyof typeof shapes;

const shapeNames = Object.keys(shapes) as Shape[];

interface Listed {
  virtualMachines: { nodes: { id: string }[]; pageInfo: { startCursor: string } };
}

function documentOf(shape: Shape): string {
  const [args, selection] = shapes[shape];
  const head = shape === 'deep' ? 'query ($after: Cursor)' : 'query';
  return `${head} { virtualMachines(${args}) { ${selection} } }`;
}

/** Somebody who lists, and the cursor before the last page of all that they see. */
interface Lister {
  client: ApiClient;
  after: string;
}

/** Lists of machines for root, for administrators of branches of very different kind, and for a user. */
export const accessLists: Bench = ({ isQuick, say }) =>
  withMigratedDatabase(async (databaseUrl) => {
    const size = isQuick
      ? { domains: 60, accounts: 400, machines: 10_000 }
      : { domains: 300, accounts: 2000, machines: 50_000 };
    const rounds = isQuick ? 15 : 60;
    await using server = await ServerProcess.start({ databaseUrl });
    const { admins, user } = await fillWorld(databaseUrl, size);
    say(`${size.machines} machines of ${size.accounts} accounts in ${size.domains} domains`);

    const listers = new Map<string, Lister>();
    listers.set('root', await listerWith(server.admin, size.machines));
    for (const [name, { token, machines }] of Object.entries({ ...admins, user })) {
      const client = new ApiClient(server.url, { authorization: `Bearer ${token}` });
      listers.set(name, await listerWith(client, machines));
    }

    const ask = async (lister: string, shape: Shape) => {
      const { client, after } = listers.get(lister)!;
      const began = performance.now();
      await client.ask<Listed>(documentOf(shape), { after });
      return performance.now() - began;
    };
    const taken = new Map<string, number[]>();
    const times = (lister: string, shape: Shape) => {
      const key = `${lister} ${shape}`;
      const known = taken.get(key) ?? [];
      taken.set(key, known);
      return known;
    };
    // In the first rounds code is compiled, and PostgreSQL settles on its plans.
    const warmUp = 10;
    const deadline = performance.now() + longestMs;
    let round = -warmUp;
    for (; round < rounds && (round < 5 || performance.now() < deadline); round++) {
      // By turns, so that noise hits all of them.
      for (const shape of shapeNames) {
        for (const lister of listers.keys()) {
          const milliseconds = await ask(lister, shape);
          if (round >= 0) times(lister, shape).push(milliseconds);
        }
      }
      if ((round + 1) % 20 === 0) say(round < 0 ? 'warm' : `round ${round + 1} of ${rounds}`);
    }

    const median = (lister: string, shape: Shape) => quantile(times(lister, shape), 0.5);
    const p95 = (lister: string) =>
      quantile(
        shapeNames.flatMap((shape) => times(lister, shape)),
        0.95,
      );
    const ratio = (lister: string, shape: Shape) => median(lister, shape) / median('root', shape);
    const worst = (lister: string) => Math.max(...shapeNames.map((shape) => ratio(lister, shape)));
    const figures: Figures = {
      // The slowest of all branches and lists beside root's same list.
      domainAdminToRootRatio: {
        value: Math.max(...branchNames.map(worst)),
        unit: 'at worst',
        goal: '<= 1.5',
      },
    };
    for (const branch of branchNames)
      figures[`${branch}ToRootRatio`] = { value: worst(branch), unit: 'at worst' };
    figures.userToRootRatio = { value: worst('user'), unit: 'at worst' };
    for (const shape of shapeNames) {
      const slowest = Math.max(...branchNames.map((branch) => median(branch, shape)));
      figures[`${shape}RootMs`] = { value: median('root', shape), unit: 'ms' };
      figures[`${shape}AdminMs`] = { value: slowest, unit: 'ms' };
    }
    for (const lister of listers.keys()) figures[`${lister}P95Ms`] = { value: p95(lister), unit: 'ms' };
    const statements = (lister: string, shape: Shape) =>
      fewestStatements(server.url, () => ask(lister, shape));
    figures.sqlPerRequest = { value: await statements('medium', 'oldest'), unit: 'statements' };
    figures.sqlPerNestedRequest = { value: await statements('medium', 'nested'), unit: 'statements' };
    return {
      ...figures,
      machines: { value: size.machines, unit: 'machines' },
      accounts: { value: size.accounts, unit: 'accounts' },
      domains: { value: size.domains, unit: 'domains' },
      rounds: { value: round, unit: 'rounds' },
    };
  });

/** @param machines how many it must see: a list that is fast because it is empty proves nothing */
async function listerWith(client: ApiClient, machines: number): Promise<Lister> {
  const page = 500;
  const { virtualMachines } = await client.ask<Listed>(
    `{ virtualMachines(last: ${page}) { nodes { id } pageInfo { startCursor } } }`,
  );
  const { nodes } = virtualMachines;
  if (new Set(nodes.map(({ id }) => id)).size !== Math.min(page, machines))
    throw new Error(`${nodes.length} machines are seen instead of ${machines}`);
  const last = await client.ask<Listed>(
    '{ virtualMachines(last: 51) { nodes { id } pageInfo { startCursor } } }',
  );
  return { client, after: last.virtualMachines.pageInfo.startCursor };
}

/** SQL statements of a request, without the background's: the least of a few. */
async function fewestStatements(url: string, request: () => Promise<unknown>): Promise<number> {
  const counts: number[] = [];
  for (let count = 0; count < 10; count++) {
    const before = await statementsOf(url);
    await request();
    counts.push((await statementsOf(url)) - before);
    await sleep(20);
  }
  return Math.min(...counts);
}

async function statementsOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.matchAll(/^nephos_sql_statements_total(?:\{[^}]*\})? (\S+)$/gm);
  return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
}
