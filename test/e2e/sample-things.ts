import type { ApiClient } from '../support/api-client.ts';
import { adminPassword } from '../support/product.ts';
import { openSession } from '../support/sign-in.ts';
import { snapshot } from '../support/snapshots.ts';
import { Authenticator } from './authenticator.ts';
import { mustSucceed } from './zones.ts';

const inputOf = (mutation: string) => `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input`;

/** Does something and does not care for the answer. */
async function tell(client: ApiClient, mutation: string, input: Record<string, unknown>): Promise<void> {
  await client.ask(`mutation ($input: ${inputOf(mutation)}!) { ${mutation}(input: $input) { __typename } }`, {
    input,
  });
}

/** Locks an account or a user. */
async function lock(admin: ApiClient, kind: 'Account' | 'User', name: string): Promise<void> {
  const { found } = await admin.ask<{ found: { nodes: { id: string }[] } }>(
    `query ($name: String!) { found: ${kind.toLowerCase()}s(first: 1, search: $name) { nodes { id } } }`,
    { name },
  );
  await admin.ask(`mutation ($id: ID!) { lock${kind}(input: { id: $id }) { __typename } }`, {
    id: found.nodes[0]!.id,
  });
}

/** Somebody who has a second factor. */
export interface TwoFactorUser {
  username: string;
  app: Authenticator;
  /** One that was not used yet. */
  recoveryCode: string;
}

/** A project in which nothing goes on now. */
async function makeSuspendedProject(admin: ApiClient): Promise<void> {
  const { createProject } = await admin.ask<{ createProject: { project: { id: string } } }>(
    'mutation { createProject(input: { name: "old-shop", displayText: "Sold things" }) { project { id } } }',
  );
  await admin.ask('mutation ($id: ID!) { suspendProject(input: { id: $id }) { __typename } }', {
    id: createProject.project.id,
  });
}

/** Has somebody use an authenticator app. */
async function enrol(session: ApiClient, username: string): Promise<TwoFactorUser> {
  const { beginSecondFactor } = await session.ask<{ beginSecondFactor: { secret: string } }>(
    'mutation ($input: BeginSecondFactorInput!) { beginSecondFactor(input: $input) { secret } }',
    { input: { currentPassword: adminPassword } },
  );
  const app = new Authenticator(beginSecondFactor.secret);
  const { confirmSecondFactor } = await session.ask<{ confirmSecondFactor: { recoveryCodes: string[] } }>(
    'mutation ($input: ConfirmSecondFactorInput!) { confirmSecondFactor(input: $input) { recoveryCodes } }',
    { input: { code: app.next() } },
  );
  return { username, app, recoveryCode: confirmSecondFactor.recoveryCodes[0]! };
}

/** Customers, of whom one takes part in a project and another is asked to. */
async function makeTenants(admin: ApiClient, url: string): Promise<TwoFactorUser> {
  const { domains } = await admin.ask<{ domains: { nodes: { id: string }[] } }>(
    '{ domains(first: 1, orderBy: { field: PATH }) { nodes { id } } }',
  );
  await tell(admin, 'createDomain', { parentId: domains.nodes[0]!.id, name: 'customers' });
  const { createProject } = await admin.ask<{ createProject: { project: { id: string } } }>(
    'mutation ($input: CreateProjectInput!) { createProject(input: $input) { project { id } } }',
    { input: { name: 'web-shop', displayText: 'Sells things' } },
  );
  const projectId = createProject.project.id;
  for (const name of ['acme', 'globex']) {
    await tell(admin, 'createAccount', {
      name,
      username: name,
      password: adminPassword,
      mustChangePassword: false,
    });
    await tell(admin, 'inviteToProject', { projectId, accountName: name, domainPath: '/' });
  }
  for (const kind of ['Account', 'User'] as const) await lock(admin, kind, 'globex');
  const acme = await openSession(url, 'acme', adminPassword);
  const { projectInvitations } = await acme.ask<{ projectInvitations: { nodes: { id: string }[] } }>(
    '{ projectInvitations { nodes { id } } }',
  );
  await tell(acme, 'answerProjectInvitation', { id: projectInvitations.nodes[0]!.id, isAccepted: true });
  const user = await enrol(acme, 'acme');
  await acme.close();
  return user;
}

/** Prices, budgets, exports and what is paid in advance. */
async function makeBilling(admin: ApiClient, machineId: string): Promise<void> {
  const { viewer } = await admin.ask<{ viewer: { account: { id: string } } }>(
    '{ viewer { account { id } } }',
  );
  const accountId = viewer.account.id;
  const currency = 'CNY';
  await tell(admin, 'createBudget', { name: 'everything', amount: '100', currency });
  for (const kind of ['DISCOUNT', 'TAX'])
    await tell(admin, 'createPriceAdjustment', { kind, name: kind.toLowerCase(), label: kind, percent: '6' });
  await tell(admin, 'createTariff', {
    ...{ name: 'machines', usageType: 1, currency },
    price: { unit: 'HOUR', tiers: [{ price: '0.1' }] },
  });
  await tell(admin, 'setQuotaPolicy', { accountId, graceAfterHours: 24 });
  await tell(admin, 'grantCredit', { accountId, amount: '1000', currency });
  await tell(admin, 'prepayVirtualMachine', { virtualMachineId: machineId, months: 1 });
  await tell(admin, 'createUsageExportSchedule', {
    ...{ name: 'nightly', kind: 'RECORDS', format: 'CSV', range: 'PREVIOUS_DAY' },
    ...{ cron: '0 3 * * *', timeZone: 'UTC', target: { folder: { folder: 'nightly' } } },
  });
  await tell(admin, 'createUsageExport', {
    ...{ kind: 'RECORDS', format: 'CSV', from: '2026-11-01T00:00:00Z', until: '2026-11-02T00:00:00Z' },
  });
}

/** What is done to a machine by itself: nothing that a test would notice. */
async function makeAutomation(admin: ApiClient, machineId: string): Promise<void> {
  const [virtualMachineId, timeZone] = [machineId, 'Asia/Shanghai'];
  for (const cron of ['0 7 * * MON-FRI', '30 6 * * MON'])
    await tell(admin, 'createVirtualMachineSchedule', { virtualMachineId, timeZone, cron, action: 'START' });
  const expiresAt = new Date(Date.now() + 30 * 86_400_000).toISOString();
  await tell(admin, 'setVirtualMachineLease', { id: machineId, lease: { expiresAt, action: 'STOP' } });
}

/** Something of everything that can be made, beside machines. */
export async function makeThings(admin: ApiClient, url: string, machineId: string): Promise<TwoFactorUser> {
  await tell(admin, 'createAffinityGroup', {
    name: 'spread',
    kind: 'HOST_ANTI_AFFINITY',
    enforcement: 'SOFT',
  });
  await tell(admin, 'createSshKeyPair', { name: 'laptop' });
  await tell(admin, 'createApiKey', { name: 'deploy' });
  await tell(admin, 'createRole', {
    ...{ name: 'Careful', accountType: 'USER' },
    rules: [{ pattern: '*.list', effect: 'ALLOW' }],
  });
  // A program has no preferences.
  const session = await openSession(url, 'admin', adminPassword);
  const view = { name: 'On duty', address: 'state=RUNNING', columns: [], isDefault: false };
  await tell(session, 'setPreference', { key: 'view.virtualMachines.1', value: JSON.stringify(view) });
  await session.close();
  const { job } = await snapshot(admin, machineId, { name: 'before' });
  mustSucceed('the snapshot', job);
  await makeAutomation(admin, machineId);
  const acme = await makeTenants(admin, url);
  await makeSuspendedProject(admin);
  await makeBilling(admin, machineId);
  return acme;
}
