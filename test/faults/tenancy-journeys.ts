import { deleteAccountSaga } from '@nephos/server/identity/account/sagas/delete.ts';
import { stopMachinesSaga } from '@nephos/server/identity/account/sagas/stop-machines.ts';
import { deleteDomainSaga } from '@nephos/server/identity/domain/sagas/delete.ts';
import { expect } from 'vitest';
import { deploy } from '../support/machines.ts';
import type { World } from '../support/world.ts';
import { beginJob, type Journey } from './journey.ts';

const noDeps = {} as never;

/** An account, in a domain of its own, with two machines that run. */
async function anAccount(
  { server, machine }: World,
  name: string,
): Promise<{ accountId: string; domainId: string }> {
  const { domains } = await server.admin.ask<{ domains: { nodes: { id: string }[] } }>(
    '{ domains(first: 1) { nodes { id } } }',
  );
  const { createDomain } = await server.admin.ask<{ createDomain: { domain: { id: string } } }>(
    'mutation ($input: CreateDomainInput!) { createDomain(input: $input) { domain { id } } }',
    { input: { name, parentId: domains.nodes[0]?.id } },
  );
  const domainId = createDomain.domain.id;
  const { createAccount } = await server.admin.ask<{ createAccount: { account: { id: string } } }>(
    'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }',
    { input: { name, username: name, domainId } },
  );
  const accountId = createAccount.account.id;
  for (const each of ['a', 'b']) {
    const { job } = await deploy(server.admin, { ...machine(`${name}-${each}`), accountId });
    expect(job.status).toBe('SUCCEEDED');
  }
  return { accountId, domainId };
}

async function machinesOf({ database }: World, accountId: string): Promise<{ state: string }[]> {
  return database.db
    .selectFrom('VirtualMachine')
    .select('state')
    .where('accountId', '=', accountId as never)
    .execute();
}

const isGone = (table: 'Account' | 'Domain') => async (world: World, id: string) => {
  const { db } = world.database;
  expect(
    await db
      .selectFrom(table)
      .select('id')
      .where('id', '=', id as never)
      .execute(),
  ).toEqual([]);
  if (table === 'Account') expect(await machinesOf(world, id)).toEqual([]);
};

/** What is done to accounts and domains, with all that they own. */
export const tenancyJourneys: Journey[] = [
  {
    saga: deleteAccountSaga(noDeps),
    prepare: async (world, name) => (await anAccount(world, name)).accountId,
    begin: ({ server }, id) => beginJob(server.admin, 'deleteAccount', 'DeleteAccountInput', { id }),
    arrived: isGone('Account'),
  },
  {
    saga: deleteDomainSaga(noDeps),
    prepare: async (world, name) => (await anAccount(world, name)).domainId,
    begin: ({ server }, id) =>
      beginJob(server.admin, 'deleteDomain', 'DeleteDomainInput', { id, cascade: true }),
    arrived: isGone('Domain'),
  },
  {
    saga: stopMachinesSaga(noDeps),
    prepare: async (world, name) => (await anAccount(world, name)).accountId,
    begin: ({ server }, id) => beginJob(server.admin, 'disableAccount', 'AccountInput', { id }),
    arrived: async (world, id) =>
      expect(await machinesOf(world, id)).toEqual([{ state: 'STOPPED' }, { state: 'STOPPED' }]),
  },
];
