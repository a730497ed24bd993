import type { ApiClient } from '../api-client.ts';
import { followJob, type JobView } from '../jobs.ts';
import type { SshHost } from './ssh-host.ts';

/** What was looked at on a machine, by name. */
export type Checks = Record<string, { outcome: string; found: string; remedy: string }>;

interface CheckRow {
  name: string;
  outcome: string;
  found: string;
  remedy: string;
}

const checkFields = 'name outcome found remedy';

function byName(rows: readonly CheckRow[]): Checks {
  return Object.fromEntries(rows.map(({ name, ...rest }) => [name, rest]));
}

/** How to get into a host as root with its password. */
export const asRoot = ({ address, password }: SshHost) => ({ address, password });

/** Adds a host over SSH, follows the job to its end, and reads what was found on the machine. */
export async function addHost(
  admin: ApiClient,
  input: Record<string, unknown>,
): Promise<{ hostId: string; job: JobView; checks: Checks }> {
  const { addHost: added } = await admin.ask<{ addHost: { hostId: string; job: { id: string } } }>(
    'mutation ($input: AddHostInput!) { addHost(input: $input) { hostId job { id } } }',
    { input },
  );
  const job = await followJob(admin, added.job.id);
  return { hostId: added.hostId, job, checks: await checksOf(admin, job.id) };
}

/** Upgrades a host's agent and follows the job to its end. */
export async function upgradeAgent(
  admin: ApiClient,
  input: Record<string, unknown>,
): Promise<{ job: JobView; checks: Checks }> {
  const { upgradeHostAgent } = await admin.ask<{ upgradeHostAgent: { job: { id: string } } }>(
    'mutation ($input: UpgradeHostAgentInput!) { upgradeHostAgent(input: $input) { job { id } } }',
    { input },
  );
  const job = await followJob(admin, upgradeHostAgent.job.id);
  return { job, checks: await checksOf(admin, job.id) };
}

/** Looks a machine over. */
export async function checkHost(
  admin: ApiClient,
  input: Record<string, unknown>,
): Promise<{ hostKey: string | null; checks: Checks }> {
  const { checkHost: found } = await admin.ask<{ checkHost: { hostKey: string | null; checks: CheckRow[] } }>(
    `mutation ($input: CheckHostInput!) { checkHost(input: $input) { hostKey checks { ${checkFields} } } }`,
    { input },
  );
  return { hostKey: found.hostKey, checks: byName(found.checks) };
}

async function checksOf(admin: ApiClient, jobId: string): Promise<Checks> {
  const { job } = await admin.ask<{ job: { hostChecks: CheckRow[] } }>(
    `query ($id: ID!) { job(id: $id) { hostChecks { ${checkFields} } } }`,
    { id: jobId },
  );
  return byName(job.hostChecks);
}
