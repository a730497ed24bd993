import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { ApiClient } from './api-client.ts';
import { deploy } from './machines.ts';

/** Ids of the hosts of a zone by their names. */
export async function hostIdsOf(db: Database, zoneId: string): Promise<Map<string, Id<'Host'>>> {
  const hosts = await db
    .selectFrom('Host')
    .select(['id', 'name'])
    .where('zoneId', '=', zoneId as Id<'Zone'>)
    .orderBy('name')
    .execute();
  return new Map(hosts.map(({ id, name }) => [name, id]));
}

/** Where a machine is, as the database has it. */
export async function placeOf(
  db: Database,
  machineId: string,
): Promise<{ hostId: Id<'Host'> | null; lastHostId: Id<'Host'> | null }> {
  return db
    .selectFrom('VirtualMachine')
    .select(['hostId', 'lastHostId'])
    .where('id', '=', machineId as Id<'VirtualMachine'>)
    .executeTakeFirstOrThrow();
}

/** Deploys a machine, which must run. @returns its id, and its host's */
export async function runMachine(
  client: ApiClient,
  db: Database,
  input: Record<string, unknown>,
): Promise<{ id: string; hostId: Id<'Host'> | null }> {
  const { machine, job } = await deploy(client, input);
  if (job.status !== 'SUCCEEDED')
    throw new Error(`${machine.name} does not run: ${JSON.stringify(job.error)}`);
  return { id: machine.id, hostId: (await placeOf(db, machine.id)).hostId };
}

/** One of the mutations that change one thing: `updateHost` with `{id, tags}`. */
export async function mutate(
  client: ApiClient,
  mutation: string,
  selection: string,
  input: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;
  const answer = await client.ask<Record<string, Record<string, unknown>>>(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${selection} } }`,
    { input },
  );
  return answer[mutation]!;
}
