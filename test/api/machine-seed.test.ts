import { sha512Crypt } from '@nephos/server/compute/virtual-machine/seed/sha512-crypt.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { followJob } from '../support/jobs.ts';
import { change, deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let common: Record<string, unknown>;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server);
  const templateId = await registerTemplate(server.admin, zone.zoneId);
  const offering = await serviceOfferingId(server.admin);
  common = { zoneId: zone.zoneId, serviceOfferingId: offering, templateId };
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const publicKey = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl me`;

async function createKey(input: Record<string, unknown>) {
  const { createSshKeyPair } = await server.admin.ask<{
    createSshKeyPair: {
      sshKeyPair: { id: string; publicKey: string; fingerprint: string };
      privateKey: string | null;
    };
  }>(
    `mutation ($input: CreateSshKeyPairInput!) {
      createSshKeyPair(input: $input) { sshKeyPair { id publicKey fingerprint } privateKey }
    }`,
    { input },
  );
  return createSshKeyPair;
}

const onHost = async (id: string) => {
  const [host] = await zone.simulator.ask({ ask: 'state' });
  return host?.machines[id];
};

/** Everything that the database holds, to look for what must not be in it. */
async function wholeDatabase(): Promise<string> {
  const tables = [
    'VirtualMachine',
    'Job',
    'IdempotencyKey',
    'AuditEvent',
    'SshKeyPair',
    'UsageEvent',
  ] as const;
  const rows = await Promise.all(tables.map((table) => server.db.selectFrom(table).selectAll().execute()));
  return JSON.stringify(rows, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

test('key pairs are kept, made, found and deleted', async () => {
  const brought = await createKey({ name: 'brought', publicKey });
  expect(brought).toEqual({
    sshKeyPair: {
      id: brought.sshKeyPair.id,
      publicKey,
      fingerprint: 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
    },
    privateKey: null,
  });
  const made = await createKey({ name: 'made', idempotencyKey: 'key-1' });
  expect(made.privateKey).toContain('BEGIN OPENSSH PRIVATE KEY');
  expect(await createKey({ name: 'made', idempotencyKey: 'key-1' })).toEqual({ ...made, privateKey: null });
  expect(await wholeDatabase()).not.toContain((made.privateKey ?? '').split('\n')[4]);
  const refused = await server.admin.send(
    'mutation ($input: CreateSshKeyPairInput!) { createSshKeyPair(input: $input) { privateKey } }',
    { input: { name: 'made', publicKey } },
  );
  expect(refused.errors?.[0]?.extensions).toMatchObject({ details: { path: 'input.name' } });
  const listed = () =>
    server.admin.ask('{ sshKeyPairs(search: "brought") { nodes { name account { name } } } }');
  expect(await listed()).toEqual({
    sshKeyPairs: { nodes: [{ name: 'brought', account: { name: 'admin' } }] },
  });
  await server.admin.ask(
    'mutation ($input: DeleteSshKeyPairInput!) { deleteSshKeyPair(input: $input) { sshKeyPairId } }',
    { input: { id: brought.sshKeyPair.id } },
  );
  expect(await listed()).toEqual({ sshKeyPairs: { nodes: [] } });
});

test('a guest is given its keys, its user data and a password that nobody keeps', async () => {
  const { sshKeyPair } = await createKey({ name: 'web', publicKey });
  const userData = '#!/bin/sh\necho hello\n';
  const { deployVirtualMachine } = await server.admin.ask<{
    deployVirtualMachine: {
      virtualMachine: { id: string };
      job: { id: string };
      passwords: { password: string }[];
    };
  }>(
    `mutation ($input: DeployVirtualMachineInput!) {
      deployVirtualMachine(input: $input) { virtualMachine { id } job { id } passwords { virtualMachineId password } }
    }`,
    {
      input: { ...common, name: 'seeded', sshKeyPairIds: [sshKeyPair.id], userData, generatesPassword: true },
    },
  );
  const { virtualMachine, job, passwords } = deployVirtualMachine;
  const password = passwords[0]?.password ?? '';
  expect(password).toMatch(/^[A-Za-z2-9]{20}$/);
  expect(await followJob(server.admin, job.id)).toMatchObject({ status: 'SUCCEEDED' });
  const seed = (await onHost(virtualMachine.id))?.seed;
  expect(seed).toMatchObject({ version: 1, publicKeys: [publicKey], userData });
  const [, , salt = ''] = seed?.passwordHash?.split('$') ?? [];
  expect(seed?.passwordHash).toBe(sha512Crypt(password, salt));
  // Neither the password nor its hash is left anywhere.
  const everything = await wholeDatabase();
  expect(everything).not.toContain(password);
  expect(everything).not.toContain(seed?.passwordHash);
  const row = await server.db
    .selectFrom('VirtualMachine')
    .select(['sealedPassword'])
    .where('id', '=', virtualMachine.id as never)
    .executeTakeFirst();
  expect(row).toEqual({ sealedPassword: null });
  expect(
    await server.admin.ask('query ($id: ID!) { virtualMachine(id: $id) { userData sshPublicKeys } }', {
      id: virtualMachine.id,
    }),
  ).toEqual({ virtualMachine: { userData, sshPublicKeys: [publicKey] } });
});

const reset = `mutation ($input: ResetVirtualMachinePasswordInput!) {
  resetVirtualMachinePassword(input: $input) { job { id } password }
}`;

interface Reset {
  resetVirtualMachinePassword: { job: { id: string } | null; password: string | null };
}

test('a running guest is told a new password, a stopped one learns it when it starts', async () => {
  const { machine } = await deploy(server.admin, { ...common, name: 'forgetful' });
  const { id } = machine;
  const { resetVirtualMachinePassword: live } = await server.admin.ask<Reset>(reset, { input: { id } });
  expect(await followJob(server.admin, live.job?.id ?? '')).toMatchObject({ status: 'SUCCEEDED' });
  const hash = (await onHost(id))?.passwords?.root ?? '';
  expect(hash).toBe(sha512Crypt(live.password ?? '', hash.split('$')[2] ?? ''));
  expect(await wholeDatabase()).not.toContain(live.password);

  await change(server.admin, 'stopVirtualMachine', { id });
  const input = { id, idempotencyKey: 'reset-1' };
  const { resetVirtualMachinePassword: later } = await server.admin.ask<Reset>(reset, { input });
  expect(later).toMatchObject({ job: null });
  expect(await server.admin.ask<Reset>(reset, { input })).toEqual({
    resetVirtualMachinePassword: { job: null, password: null },
  });
  await change(server.admin, 'startVirtualMachine', { id });
  const seed = (await onHost(id))?.seed;
  expect(seed?.version).toBe(2);
  expect(seed?.passwordHash).toBe(sha512Crypt(later.password ?? '', seed?.passwordHash?.split('$')[2] ?? ''));
  // Once is enough.
  await change(server.admin, 'stopVirtualMachine', { id });
  await change(server.admin, 'startVirtualMachine', { id });
  expect((await onHost(id))?.seed).toMatchObject({ version: 2, passwordHash: null });
});

test('a guest that does not listen keeps its password, and nothing waits for its next start', async () => {
  const { machine } = await deploy(server.admin, { ...common, name: 'without-guest-agent' });
  const { resetVirtualMachinePassword } = await server.admin.ask<Reset>(reset, { input: { id: machine.id } });
  expect(await followJob(server.admin, resetVirtualMachinePassword.job?.id ?? '')).toMatchObject({
    status: 'FAILED',
  });
  await change(server.admin, 'stopVirtualMachine', { id: machine.id });
  await change(server.admin, 'startVirtualMachine', { id: machine.id });
  expect((await onHost(machine.id))?.seed).toMatchObject({ version: 1, passwordHash: null });
});

test('other user data reaches the guest with its next start', async () => {
  const { machine } = await deploy(server.admin, { ...common, name: 'rewritten', userData: 'old' });
  const { id } = machine;
  const update = async (userData: string) => {
    const { updateVirtualMachine } = await server.admin.ask<{
      updateVirtualMachine: { virtualMachine: { userData: string | null } };
    }>(
      'mutation ($input: UpdateVirtualMachineInput!) { updateVirtualMachine(input: $input) { virtualMachine { userData } } }',
      { input: { id, userData } },
    );
    await change(server.admin, 'stopVirtualMachine', { id });
    await change(server.admin, 'startVirtualMachine', { id });
    return updateVirtualMachine.virtualMachine.userData;
  };
  expect(await update('#!/bin/sh\necho new')).toBe('#!/bin/sh\necho new');
  expect((await onHost(id))?.seed).toMatchObject({ version: 2, userData: '#!/bin/sh\necho new' });
  const changes = await server.db
    .selectFrom('AuditEvent')
    .select('details')
    .where('action', '=', 'virtualMachine.update')
    .executeTakeFirst();
  expect(changes?.details).toEqual({ userData: { before: '(secret)', after: '(changed)' } });
  expect(await update('')).toBeNull();
  expect((await onHost(id))?.seed).toMatchObject({ version: 3, userData: null });
});

test('a stopped machine gets other keys', async () => {
  const { sshKeyPair } = await createKey({ name: 'other' });
  const { machine } = await deploy(server.admin, { ...common, name: 'locked-out' });
  const resetKeys = () =>
    server.admin.send(
      `mutation ($input: ResetVirtualMachineSshKeysInput!) {
        resetVirtualMachineSshKeys(input: $input) { virtualMachine { sshPublicKeys } }
      }`,
      { input: { id: machine.id, sshKeyPairIds: [sshKeyPair.id] } },
    );
  expect((await resetKeys()).errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_STATE' });
  await change(server.admin, 'stopVirtualMachine', { id: machine.id });
  expect((await resetKeys()).errors).toBeUndefined();
  await change(server.admin, 'startVirtualMachine', { id: machine.id });
  expect((await onHost(machine.id))?.seed).toMatchObject({ version: 2, publicKeys: [sshKeyPair.publicKey] });
});
