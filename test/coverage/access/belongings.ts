import type { Database } from '@nephos/model/database.ts';
import { newId, parseId, type Id } from '@nephos/model/kernel/ids.ts';
import { newSecret } from '@nephos/server/identity/secrets.ts';
import { sql } from 'kysely';
import type { ApiClient } from '../../support/api-client.ts';
import { makeBudgets } from '../../support/costs.ts';
import { makePurse } from '../../support/purses.ts';
import { change, deploy, registerIso, registerTemplate, serviceOfferingId } from '../../support/machines.ts';
import { copyRow, ownedRows } from './rows.ts';
import { insertKey, insertSession, type AccountFacts } from './tenants.ts';

let copiedNics = 0;

/** A running machine with disk, plug, template and disc, all of them one account's: made in earnest. */
export async function makeMachineOf(
  db: Database,
  { accountId }: AccountFacts,
  client: ApiClient,
  admin: ApiClient,
  zoneId: string,
): Promise<void> {
  const templateId = await registerTemplate(admin, zoneId, undefined, { isPublic: false });
  const isoId = await registerIso(admin, zoneId, { isPublic: false });
  const images = [templateId, isoId];
  await sql`update "Image" set "accountId" = ${accountId} where "id" = any(${images})`.execute(db);
  await sql`update "Job" set "accountId" = ${accountId} where "targetId" = any(${images})`.execute(db);
  const offering = await serviceOfferingId(client);
  const { job, machine } = await deploy(client, {
    name: 'web-1',
    zoneId,
    serviceOfferingId: offering,
    templateId,
  });
  if (job.status !== 'SUCCEEDED') throw new Error(`the machine was not made: ${JSON.stringify(job)}`);
  // Not by its row alone: its host would tell that it has no such disc.
  const attached = await change(client, 'attachIso', { id: machine.id, isoId });
  if (attached.status !== 'SUCCEEDED')
    throw new Error(`the disc was not put in: ${JSON.stringify(attached)}`);
  await addToGroup(db, accountId, parseId('VirtualMachine', machine.id));
  await addKeyPair(db, accountId);
  await db
    .insertInto('VirtualMachineSchedule')
    .values({
      id: newId('VirtualMachineSchedule'),
      accountId,
      virtualMachineId: parseId('VirtualMachine', machine.id),
      action: 'START',
      cron: '0 7 * * *',
      timeZone: 'UTC',
    })
    .execute();
  await addSnapshot(db, parseId('VirtualMachine', machine.id));
}

async function addSnapshot(db: Database, machineId: Id<'VirtualMachine'>): Promise<void> {
  await sql`insert into "VirtualMachineSnapshot" ("id", "accountId", "virtualMachineId", "name", "state", "withMemory",
      "serviceOfferingId", "cpuCount", "cpuMhz", "memoryBytes", "volumeIds", "diskBytes", "poolId")
    select ${newId('VirtualMachineSnapshot')}, m."accountId", m."id", 'before', 'READY', false,
      m."serviceOfferingId", m."cpuCount", m."cpuMhz", m."memoryBytes", array[v."id"], v."sizeBytes", v."poolId"
    from "VirtualMachine" m join "Volume" v on v."virtualMachineId" = m."id" where m."id" = ${machineId}`.execute(
    db,
  );
}

async function addKeyPair(db: Database, accountId: Id<'Account'>): Promise<void> {
  const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
  await db
    .insertInto('SshKeyPair')
    .values({ id: newId('SshKeyPair'), accountId, name: 'key', publicKey, fingerprint: 'SHA256:none' })
    .execute();
}

/** An affinity group of an account, with a machine in it. */
async function addToGroup(
  db: Database,
  accountId: Id<'Account'>,
  virtualMachineId: Id<'VirtualMachine'>,
): Promise<void> {
  const affinityGroupId = newId('AffinityGroup');
  await db
    .insertInto('AffinityGroup')
    .values({ id: affinityGroupId, accountId, name: 'group', kind: 'HOST_AFFINITY', enforcement: 'SOFT' })
    .execute();
  await db.insertInto('AffinityGroupMember').values({ affinityGroupId, virtualMachineId }).execute();
}

/** Gives an account the like of all that the owner has, as rows: nobody looks at anything else of them. */
export async function giveTheLike(
  db: Database,
  owner: AccountFacts,
  { accountId }: AccountFacts,
  { isPublic }: { isPublic: boolean },
): Promise<void> {
  const likes = new Map<string, string>();
  const like = (id: string | null) => (id === null ? null : (likes.get(id) ?? null));
  for (const { id, kind } of await ownedRows(db, 'Image', owner.accountId)) {
    const imageId = newId(kind === 'ISO' ? 'Iso' : 'Template');
    likes.set(id, imageId);
    await copyRow(db, 'Image', id, { id: imageId, accountId, isPublic });
    await copyRow(db, 'ImageReplica', id, { imageId }, 'imageId');
  }
  for (const { id, templateId } of await ownedRows(db, 'VirtualMachine', owner.accountId)) {
    const machineId = newId('VirtualMachine');
    likes.set(id, machineId);
    const isOff = { state: 'STOPPED', desiredPower: 'OFF', hostId: null, lastHostId: null, isoId: null };
    await copyRow(db, 'VirtualMachine', id, {
      id: machineId,
      accountId,
      templateId: like(templateId),
      ...isOff,
    });
    await addToGroup(db, accountId, machineId);
    await addKeyPair(db, accountId);
  }
  for (const { id, virtualMachineId, imageId } of await ownedRows(db, 'Volume', owner.accountId)) {
    const { rows: offerings } = await sql<{
      id: string;
    }>`select "id" from "DiskOffering" order by "id" limit 1`.execute(db);
    const parts = {
      virtualMachineId: like(virtualMachineId),
      imageId: like(imageId),
      diskOfferingId: offerings[0]?.id,
    };
    const volumeId = newId('Volume');
    likes.set(id, volumeId);
    await copyRow(db, 'Volume', id, { id: volumeId, accountId, ...parts });
  }
  for (const { id, virtualMachineId } of await ownedRows(db, 'Nic', owner.accountId)) {
    const nicId = newId('Nic');
    const macAddress = `02:00:00:00:00:${(++copiedNics).toString(16).padStart(2, '0')}`;
    const plug = { virtualMachineId: like(virtualMachineId), ipAddress: null, macAddress };
    await copyRow(db, 'Nic', id, { id: nicId, accountId, ...plug });
  }
  for (const { id, virtualMachineId } of await ownedRows(db, 'VirtualMachineSchedule', owner.accountId)) {
    const machine = { virtualMachineId: like(virtualMachineId) };
    await copyRow(db, 'VirtualMachineSchedule', id, {
      id: newId('VirtualMachineSchedule'),
      accountId,
      ...machine,
    });
  }
  for (const row of await ownedRows(db, 'VirtualMachineSnapshot', owner.accountId)) {
    const of = { virtualMachineId: like(row.virtualMachineId), volumeIds: row.volumeIds.map(like) };
    const snapshotId = newId('VirtualMachineSnapshot');
    await copyRow(db, 'VirtualMachineSnapshot', row.id, { id: snapshotId, accountId, ...of });
  }
  for (const { id, targetId } of await ownedRows(db, 'Job', owner.accountId)) {
    const target = like(targetId);
    await copyRow(db, 'Job', id, { id: newId('Job'), accountId, targetId: target, lane: target });
  }
}

/** What every account has of its own: ways in, and what was written down of it. */
export async function makePapers(
  db: Database,
  { accountId, domainId, userId }: AccountFacts,
  name: string,
  zoneId: Id<'Zone'>,
): Promise<void> {
  if (userId !== null) {
    await insertSession(db, userId, newSecret());
    await insertKey(db, userId, 'spare', newSecret());
  }
  await db
    .insertInto('AuditEvent')
    .values({
      id: newId('AuditEvent'),
      at: new Date(),
      action: 'access.test',
      outcome: 'SUCCEEDED',
      actorName: name,
      accountId,
      traceId: 'none',
    })
    .execute();
  await makeBudgets(db, { accountId, domainId });
  await makePurse(db, accountId);
  const periodStartsAt = new Date();
  await sql`select nephos_ensure_partitions('UsageRecord', 'month', ${periodStartsAt}::timestamptz,
    ${periodStartsAt}::timestamptz + interval '1 ms')`.execute(db);
  await db
    .insertInto('UsageRecord')
    .values({
      id: newId('UsageRecord'),
      periodStartsAt,
      usageType: 2,
      accountId,
      domainId,
      zoneId,
      resourceId: newId('VirtualMachine'),
      resourceName: name,
      attributes: '{}',
      ...{ startedAt: periodStartsAt, endedAt: periodStartsAt, quantity: 1n },
    })
    .execute();
}
