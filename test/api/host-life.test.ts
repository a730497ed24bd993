import { parseId } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startHostedWorld, type HostedWorld } from '../support/hosted-world.ts';
import {
  allHosts,
  beginOnHost,
  changeHost,
  getHost,
  hostMutation,
  placeOf,
  workOnHost,
} from '../support/hosts.ts';
import { followJob } from '../support/jobs.ts';
import { change, getMachine } from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';

let world: HostedWorld;

beforeAll(async () => {
  world = await startHostedWorld(4);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const saying = (text: string) => expect.stringContaining(text) as string;
const setting = (key: string, value: string | null) =>
  world.server.admin.ask(
    'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { value } } }',
    { input: { key, value } },
  );

test('a host gets another name, unless another one of its cluster has it', async () => {
  const { admin } = world.server;
  const [one, other] = await allHosts(admin);
  const { version, name } = await changeHost(admin, 'updateHost', { id: one!.id, name: 'hv-01' });
  expect(name).toBe('hv-01');
  const refused = (input: Record<string, unknown>) =>
    refusalOf(admin, hostMutation('updateHost'), { input: { id: one!.id, ...input } });
  expect(await refused({ name: other!.name })).toMatchObject({
    code: 'VALIDATION_FAILED',
    path: 'input.name',
  });
  expect(await refused({ name: '' })).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.name' });
  expect(await refused({ name: 'hv-02', expectedVersion: version - 1 })).toMatchObject({
    code: 'VERSION_CONFLICT',
  });
  await changeHost(admin, 'updateHost', { id: one!.id, name: one!.name });
});

test('a disabled host takes no machine, and tells what can be done with it', async () => {
  const { admin } = world.server;
  const [closed, ...rest] = world.hosts as [string, ...string[]];
  expect(await changeHost(admin, 'disableHost', { id: closed })).toMatchObject({ adminState: 'DISABLED' });
  const made = await Promise.all(['a', 'b', 'c', 'd'].map((name) => world.running(`kept-out-${name}`)));
  for (const { host } of made) expect(rest).toContain(host);
  const { hosts } = await admin.ask<{
    hosts: {
      nodes: {
        id: string;
        availableActions: { action: string; isAllowed: boolean; reason: string | null }[];
      }[];
    };
  }>('{ hosts { nodes { id availableActions { action isAllowed reason } } } }');
  const actions = hosts.nodes.find(({ id }) => id === closed)?.availableActions;
  expect(actions?.filter(({ isAllowed }) => isAllowed).map(({ action }) => action)).toEqual([
    'UPDATE',
    'ENABLE',
    'PREPARE_FOR_MAINTENANCE',
    'RECONNECT',
    'DELETE',
  ]);
  expect(actions?.find(({ action }) => action === 'DISABLE')?.reason).toBe(
    'it is DISABLED, and must be ENABLED',
  );
  const { closedHosts } = await admin.ask<{ closedHosts: { nodes: { id: string }[] } }>(
    '{ closedHosts: hosts(filter: { adminState: [DISABLED, MAINTENANCE] }) { nodes { id } } }',
  );
  expect(closedHosts.nodes).toEqual([{ id: closed }]);
  expect(await changeHost(admin, 'enableHost', { id: closed })).toMatchObject({ adminState: 'ENABLED' });
  for (const { id } of made) await change(admin, 'destroyVirtualMachine', { id });
});

test('an agent whose connection is ended is back at once', async () => {
  const { admin, db } = world.server;
  const [id] = world.hosts as [string];
  const connectedAt = async () => {
    const row = await db
      .selectFrom('AgentConnection')
      .innerJoin('Host', 'Host.agentId', 'AgentConnection.agentId')
      .select('connectedAt')
      .where('Host.id', '=', parseId('Host', id))
      .executeTakeFirst();
    return row?.connectedAt.getTime() ?? 0;
  };
  const before = await connectedAt();
  await changeHost(admin, 'reconnectHost', { id });
  await eventually(connectedAt, (at) => at > before);
  await eventually(
    () => getHost(admin, id),
    ({ linkState }) => linkState === 'UP',
  );
});

test('an agent is not silent before its next sign of life was due', async () => {
  const { db } = world.server;
  const connections = async () => {
    const rows = await db.selectFrom('AgentConnection').select(['agentId', 'connectedAt']).execute();
    return rows.map(({ agentId, connectedAt }) => `${agentId} ${connectedAt.toISOString()}`).sort();
  };
  const before = await connections();
  expect(before.length).toBeGreaterThan(4);
  // They were told to give one every ten seconds.
  await setting('ping.timeout', '2');
  await new Promise((resolve) => setTimeout(resolve, 5000));
  expect(await connections()).toEqual(before);
  await setting('ping.timeout', null);
});

test('an empty host is deleted; what it still had of machines is removed, and its agent is let in no more', async () => {
  const { admin, db } = world.server;
  const { id: machineId, host } = await world.running('moves-out');
  const refused = () => refusalOf(admin, hostMutation('deleteHost'), { input: { id: host } });
  expect(await refused()).toMatchObject({ code: 'INVALID_STATE', message: saying('is ENABLED') });
  await changeHost(admin, 'disableHost', { id: host });
  expect(await refused()).toMatchObject({
    code: 'RESOURCE_IN_USE',
    message: saying('moves-out is RUNNING'),
  });
  await change(admin, 'stopVirtualMachine', { id: machineId, isForced: true });
  const { agentId } = await db
    .selectFrom('Host')
    .select('agentId')
    .where('id', '=', parseId('Host', host))
    .executeTakeFirstOrThrow();
  const index = world.indexOf(host);
  const asked = await db.transaction().execute(async (tx) => {
    // The job has not removed the host yet while this transaction goes on.
    const capacity = tx
      .selectFrom('HostCapacity')
      .select('hostId')
      .where('hostId', '=', parseId('Host', host));
    await capacity.forUpdate().execute();
    const both = [1, 2].map(() => beginOnHost(admin, 'deleteHost', { id: host }));
    const settled = await Promise.allSettled(both);
    expect(await refused()).toMatchObject({
      code: 'RESOURCE_IN_USE',
      message: saying('is being deleted already'),
    });
    return settled;
  });
  const begun = asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  expect(begun).toHaveLength(1);
  expect(await followJob(admin, begun[0]!)).toMatchObject({ status: 'SUCCEEDED', resultId: host });
  expect((await allHosts(admin)).map(({ id }) => id)).not.toContain(host);
  const states = await world.zone.simulator.ask({ ask: 'state' });
  expect(states[index]?.machines).toEqual({});
  const { agents } = await admin.ask<{
    agents: { nodes: { id: string; isConnected: boolean; revokedAt: string | null }[] };
  }>('{ agents(first: 100) { nodes { id isConnected revokedAt } } }');
  expect(agents.nodes.find(({ id }) => id === agentId)?.revokedAt).not.toBeNull();
  await eventually(
    () => db.selectFrom('AgentConnection').select('agentId').where('agentId', '=', agentId).execute(),
    (rows) => rows.length === 0,
  );
  const { free } = await admin.ask<{ free: { nodes: object[] } }>(
    '{ free: agents(filter: { kind: HOST, isFree: true }) { nodes { id } } }',
  );
  expect(free.nodes).toEqual([]);
  // Its machine starts where there is room.
  await change(admin, 'startVirtualMachine', { id: machineId });
  expect(await placeOf(admin, machineId)).toMatchObject({ state: 'RUNNING' });
  await world.expectBalancedBooks();
  await change(admin, 'destroyVirtualMachine', { id: machineId });
});

test('a dead host is deleted once somebody says that it is off; its machines start elsewhere', async () => {
  const { admin } = world.server;
  await setting('alert.wait', '1');
  const { id: machineId, host } = await world.running('left-behind');
  await changeHost(admin, 'disableHost', { id: host });
  const forced = { id: host, isForced: true };
  const refused = (input: Record<string, unknown>) => refusalOf(admin, hostMutation('deleteHost'), { input });
  expect(await refused(forced)).toMatchObject({ code: 'INVALID_STATE', message: saying('is UP') });
  const index = world.indexOf(host);
  await world.zone.simulator.ask({ ask: 'disconnect', host: index });
  await eventually(
    () => getMachine(admin, machineId),
    ({ state }) => state === 'UNKNOWN',
  );
  expect(await refused({ id: host })).toMatchObject({ code: 'RESOURCE_IN_USE' });
  expect(await refused(forced)).toMatchObject({
    code: 'RESOURCE_IN_USE',
    message: saying('left-behind is UNKNOWN'),
  });
  const job = await workOnHost(admin, 'deleteHost', { ...forced, confirmsThatItIsOff: true });
  expect(job).toMatchObject({ status: 'SUCCEEDED' });
  expect(await placeOf(admin, machineId)).toEqual({ state: 'STOPPED', host: null, targetHost: null });
  await change(admin, 'startVirtualMachine', { id: machineId });
  const { state, host: next } = await placeOf(admin, machineId);
  expect(state).toBe('RUNNING');
  expect(next).not.toBe(host);
});
