import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import { isId, type Id } from '@nephos/model/kernel/ids.ts';
import type { ZoneDraftHost, ZoneDraftPlan } from '@nephos/model/shapes/zone-draft.ts';
import { PlatformError, type Violation } from '../../../platform/errors.ts';
import type { Sealing } from '../../../platform/sealing.ts';
import { Check } from '../../../platform/validation.ts';
import { checkSshInput, credentialsOf } from '../../host-installation/ssh-input.ts';
import { storageAgentFor } from '../../image-store/store.ts';
import { isZoneName, zoneNameTaken } from '../store.ts';
import { agentOfPlan, checkZonePlan } from '../zone-plan.ts';
import { openSecrets, sshInputOf, type HostSecret } from './draft-secrets.ts';
import { madeHosts } from './made.ts';
import { zonePlanOf } from './zone-plan-of.ts';

type Draft = Row<'ZoneDraft'>;

/** Fields that the plan has at its top, and the draft in its part of the zone. */
const sections = /^(physicalNetworks|pod|guestRange|cluster|hosts|primaryStorage|imageStore)\b/;

/**
 * Everything that stands in the way of launching a draft: each value that breaks a rule by itself, beside another, or
 * beside what there is. Of what a launch has made already nothing is asked any more.
 */
export async function problemsOf(
  db: Database | Transaction,
  sealing: Sealing,
  draft: Draft,
): Promise<Violation[]> {
  const { plan, done, ids } = draft;
  const check = new Check();
  const zonePlan = zonePlanOf(plan);
  checkZonePlan(check, 'plan', { ...zonePlan, hosts: plan.hosts });
  if (!done.includes('createZone')) {
    const isTaken = await isZoneName(db, zonePlan.name, ids?.zoneId);
    check.that(!isTaken, 'plan.name', zonePlan.name, zoneNameTaken);
    await checkDedication(db, check, plan.zone);
  }
  const made = await madeHosts(db, draft);
  const secrets = openSecrets(sealing, draft);
  const agents: Id<'Agent'>[] = [];
  for (const [index, host] of plan.hosts.entries()) {
    if (made.has(host.key)) continue;
    const path = `plan.hosts.${index}`;
    if (host.name.trim() !== '') check.name(`${path}.name`, host.name.trim());
    if (host.ssh !== null) checkMachine(check, path, plan, index, secrets[host.key]);
    else await checkAgent(db, check, path, host, zonePlan.cluster, agents);
  }
  if (!done.includes('attachImageStore')) {
    // A draft that was never launched has no zone that an agent could work for.
    const zoneId = ids?.zoneId ?? ('' as Id<'Zone'>);
    await noting(check, 'plan.imageStore.agentId', zonePlan.imageStore.agentId, () =>
      storageAgentFor(db, 'plan.imageStore', zoneId, zonePlan.imageStore),
    );
  }
  return check.violations.map(({ path, rule }) => {
    const within = path.replace(/^plan\./, '');
    const place = sections.test(within) ? within : `zone.${within}`;
    return { path: place, value: valueAt(plan, place), rule };
  });
}

async function checkAgent(
  db: Database | Transaction,
  check: Check,
  path: string,
  host: ZoneDraftHost,
  cluster: ReturnType<typeof zonePlanOf>['cluster'],
  others: Id<'Agent'>[],
): Promise<void> {
  const { agentId } = host;
  if (agentId === null || !isId('Agent', agentId)) {
    check.that(false, `${path}.agentId`, agentId, 'must be the id of an enrolled host agent');
    return;
  }
  await noting(check, `${path}.agentId`, agentId, () => agentOfPlan(db, path, { agentId }, cluster, others));
  others.push(agentId);
}

function checkMachine(
  check: Check,
  path: string,
  { hosts, cluster }: ZoneDraftPlan,
  index: number,
  secret: HostSecret | undefined,
): void {
  const host = hosts[index];
  const input = host && sshInputOf(host, secret);
  if (host?.ssh == null || input === undefined) return;
  const { address, port } = host.ssh;
  check.that(
    cluster.hypervisor === 'KVM',
    'plan.cluster.hypervisor',
    cluster.hypervisor,
    'must be KVM where agents are installed over SSH',
  );
  checkSshInput(check, `${path}.ssh`, input);
  const first = hosts.findIndex(
    ({ ssh }) => ssh?.address.trim() === address.trim() && ssh.port.trim() === port.trim(),
  );
  check.that(first === index, `${path}.ssh.address`, address, 'must not be the address of another host here');
  if (secret?.password === undefined && secret?.privateKey === undefined) {
    check.that(false, `${path}.ssh.secret`, '', 'must be given: a password or a private key');
    return;
  }
  try {
    credentialsOf(`${path}.ssh`, input);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    check.that(false, `${path}.ssh.secret`, '', ruleOf(error));
  }
}

async function checkDedication(
  db: Database | Transaction,
  check: Check,
  zone: ZoneDraftPlan['zone'],
): Promise<void> {
  for (const [field, table] of [
    ['dedicatedDomainId', 'Domain'],
    ['dedicatedAccountId', 'Account'],
  ] as const) {
    const id = zone[field];
    if (id === null) continue;
    const found = await db
      .selectFrom(table)
      .select('id')
      .where('id', '=', id as never)
      .executeTakeFirst();
    check.that(
      found !== undefined,
      `plan.${field}`,
      id,
      `must be the id of ${table === 'Domain' ? 'a domain' : 'an account'}`,
    );
  }
}

/** Notes what is refused, whatever its code. */
async function noting(
  check: Check,
  path: string,
  value: unknown,
  look: () => Promise<unknown>,
): Promise<void> {
  try {
    await look();
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    check.that(false, path, value, ruleOf(error));
  }
}

/** What an error says of one field: its rule, or else all of it. */
function ruleOf({ details, message, remedy }: PlatformError): string {
  const rule = details?.rule;
  return typeof rule === 'string' ? rule : [message, remedy].filter(Boolean).join('; ');
}

/** What was typed at a path; nothing for a part that has fields of its own. */
function valueAt(plan: ZoneDraftPlan, path: string): unknown {
  let found: unknown = plan;
  for (const name of path.split('.')) found = (found as Record<string, unknown> | null | undefined)?.[name];
  return typeof found === 'object' ? undefined : found;
}
