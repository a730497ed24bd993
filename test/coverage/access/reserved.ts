import { randomUUID } from 'node:crypto';
import type { Database } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { usualPlan } from '@nephos/server/infrastructure/zone/draft/usual-plan.ts';
import { copyRow, ownedRows } from './rows.ts';
import type { Accounts } from './tenants.ts';

/** Zones, offerings, a draft of a zone, a role, an identity provider and a period of usage that are not for everyone, and a template that is granted. */
export async function makeReserved(db: Database, accounts: Accounts, zoneId: Id<'Zone'>): Promise<void> {
  const { accountId: dedicatedAccountId, domainId, roleId } = accounts.owner;
  await copyRow(db, 'Zone', zoneId, { id: newId('Zone'), name: 'reserved', dedicatedAccountId });
  await copyRow(db, 'Zone', zoneId, { id: newId('Zone'), name: 'customers', dedicatedDomainId: domainId });
  await reserveHardware(db, { name: 'reserved', dedicatedAccountId });
  await reserveHardware(db, { name: 'customers', dedicatedDomainId: domainId });
  for (const table of ['ServiceOffering', 'DiskOffering'] as const) {
    const { id } = await db.selectFrom(table).select('id').executeTakeFirstOrThrow();
    const confines = { domainIds: [domainId], zoneIds: [zoneId] };
    await copyRow(db, table, id, { id: newId(table), name: 'reserved', ...confines });
  }
  await db
    .insertInto('Role')
    .values({
      id: newId('Role'),
      name: 'Auditor',
      description: 'Looks at the audit log.',
      accountType: 'USER',
      rules: JSON.stringify([{ pattern: 'auditEvent.list', effect: 'ALLOW' }]),
    })
    .execute();
  await makeZoneDrafts(db);
  await makeProvider(db, domainId, roleId!);
  await makeUsagePeriod(db);
  await grantTemplate(db, accounts);
}

/** A zone that somebody has just begun to plan, and one that was launched. */
async function makeZoneDrafts(db: Database): Promise<void> {
  const by = { createdBy: 'admin', updatedBy: 'admin' };
  const plan = JSON.stringify(usualPlan('planned'));
  await db
    .insertInto('ZoneDraft')
    .values({ id: newId('ZoneDraft'), name: 'planned', plan, ...by })
    .execute();
  await makeLaunchedDraft(db);
}

/** A draft of the zone that is there, launched with a host on which an agent was installed. */
export async function makeLaunchedDraft(db: Database): Promise<void> {
  const by = { createdBy: 'admin', updatedBy: 'admin' };
  const plan = JSON.stringify(usualPlan('planned'));
  const { id: zoneId } = await db.selectFrom('Zone').select('id').executeTakeFirstOrThrow();
  const { id: hostId } = await db.selectFrom('Host').select('id').executeTakeFirstOrThrow();
  const job = await db.selectFrom('Job').select('id').orderBy('id').executeTakeFirstOrThrow();
  const jobId = newId('Job');
  const installing = { kind: 'host.install', targetKind: 'Host', targetId: hostId, lane: hostId };
  await copyRow(db, 'Job', job.id, { id: jobId, accountId: null, ...installing });
  const ids = JSON.stringify({ zoneId, hostIds: { host: hostId } });
  await db
    .insertInto('ZoneDraft')
    .values({ id: newId('ZoneDraft'), name: 'open', state: 'LAUNCHED', plan, ids, jobId, ...by })
    .execute();
}

/** A pod, a cluster and a host like those that there are, for somebody. */
async function reserveHardware(db: Database, reserved: Record<string, unknown>): Promise<void> {
  for (const table of ['Pod', 'Cluster'] as const) {
    const { id } = await db.selectFrom(table).select('id').orderBy('id').executeTakeFirstOrThrow();
    await copyRow(db, table, id, { id: newId(table), ...reserved });
  }
  const host = await db.selectFrom('Host').selectAll().orderBy('id').executeTakeFirstOrThrow();
  const agentId = newId('Agent');
  const certificateHash = `\\x${Buffer.from(agentId).toString('hex')}`;
  await copyRow(db, 'Agent', host.agentId, { id: agentId, certificateHash });
  const hostId = newId('Host');
  await copyRow(db, 'Host', host.id, { id: hostId, agentId, linkState: 'DOWN', ...reserved });
  await db
    .insertInto('ForeignMachine')
    .values({
      ...{
        id: newId('ForeignMachine'),
        hostId,
        uuid: randomUUID(),
        name: 'legacy',
        power: 'OFF',
        cpuCount: 1,
      },
      ...{ memoryBytes: 1n, bootMode: 'BIOS', disks: '[]', nics: '[]', obstacle: 'it has no disk' },
    })
    .execute();
  await db
    .insertInto('Alert')
    .values({
      id: newId('Alert'),
      kind: 'HOST_DOWN',
      severity: 'CRITICAL',
      targetKind: 'Host',
      targetId: hostId,
      targetName: host.name,
      zoneId: host.zoneId,
      message: `Host ${host.name} is off.`,
      openedAt: new Date(),
    })
    .execute();
}

/** All tenants' usage is in it. */
async function makeUsagePeriod(db: Database): Promise<void> {
  await db
    .insertInto('UsagePeriod')
    .values({
      id: newId('UsagePeriod'),
      ...{ startsAt: new Date('2026-01-01T00:00:00Z'), endsAt: new Date('2026-01-02T00:00:00Z') },
      ...{ timeZone: 'UTC', seq: 0n, closedAt: new Date(), findings: '[]' },
      ...{ eventCount: 0, lateEventCount: 0, recordCount: 0, correctionCount: 0 },
    })
    .execute();
}

async function makeProvider(db: Database, domainId: Id<'Domain'>, roleId: Id<'Role'>): Promise<void> {
  const providerId = newId('IdentityProvider');
  const configuration = JSON.stringify({
    issuer: 'https://id.example.org',
    clientId: 'nephos',
    scopes: [],
    usernameClaim: 'sub',
    groupsClaim: 'groups',
  });
  await db
    .insertInto('IdentityProvider')
    .values({ id: providerId, kind: 'OIDC', name: 'customers', domainId, configuration })
    .execute();
  await db
    .insertInto('IdentityRoleMapping')
    .values({ providerId, position: 0, groupName: '*', roleId, domainId })
    .execute();
}

/** What `sibling` lets `stranger` use. */
async function grantTemplate(db: Database, { sibling, stranger }: Accounts): Promise<void> {
  const images = await ownedRows(db, 'Image', sibling.accountId);
  const imageId = images.find(({ kind }) => kind === 'TEMPLATE')!.id;
  await db.insertInto('ImageGrant').values({ imageId, accountId: stranger.accountId }).execute();
}
