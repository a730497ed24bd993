import type { Database } from '@nephos/model/database.ts';
import { sql } from 'kysely';

/** Kinds of event that begin a meter, and those that end it. */
const meters = [
  { begins: 'VM_CREATE', ends: 'VM_EXPUNGE' },
  { begins: 'VM_START', ends: 'VM_STOP' },
  { begins: 'VOLUME_CREATE', ends: 'VOLUME_DELETE' },
  { begins: 'IP_ADDRESS_TAKE', ends: 'IP_ADDRESS_RELEASE' },
  { begins: 'VM_SNAPSHOT_CREATE', ends: 'VM_SNAPSHOT_DELETE' },
  { begins: 'VM_SNAPSHOT_ON_PRIMARY', ends: 'VM_SNAPSHOT_OFF_PRIMARY' },
  { begins: 'TEMPLATE_CREATE', ends: 'TEMPLATE_DELETE' },
  { begins: 'ISO_CREATE', ends: 'ISO_DELETE' },
] as const;

/** What is wrong with the meters: each must begin and end in turn, and run on exactly while its thing is there. */
export async function unpairedUsage(db: Database): Promise<string[]> {
  // In one statement: the sequencer moves them from one table to the other.
  const { rows: events } = await sql<{ kind: string; resourceId: string }>`
    select "kind", "resourceId", 0 as "pending", "seq" as "place" from "UsageEvent"
    union all
    select "kind", "resourceId", 1, "position" from "UsageEventPending"
    order by "pending", "place"`.execute(db);
  const present = await presentThings(db);
  return meters.flatMap(({ begins, ends }) => {
    const open = new Set<string>();
    const wrong: string[] = [];
    for (const { kind, resourceId } of events) {
      if (kind === begins && open.has(resourceId)) wrong.push(`${kind} twice of ${resourceId}`);
      else if (kind === begins) open.add(resourceId);
      else if (kind === ends && !open.delete(resourceId))
        wrong.push(`${kind} of ${resourceId} that never began`);
    }
    const expected = present[begins];
    return [
      ...wrong,
      ...[...open].filter((id) => !expected.has(id)).map((id) => `${begins} of ${id}, which is gone`),
      ...[...expected].filter((id) => !open.has(id)).map((id) => `no ${begins} of ${id}`),
    ];
  });
}

/** Ids of what is metered now, by the kind of event that began it. */
async function presentThings(db: Database): Promise<Record<(typeof meters)[number]['begins'], Set<string>>> {
  const machines = await db.selectFrom('VirtualMachine').select(['id', 'state', 'lastHostId']).execute();
  const nics = await db
    .selectFrom('Nic')
    .select(['id', 'virtualMachineId'])
    .where('ipAddress', 'is not', null)
    .execute();
  const volumes = await db.selectFrom('Volume').select('id').where('state', '=', 'READY').execute();
  const snapshots = await db
    .selectFrom('VirtualMachineSnapshot')
    .select(['id', 'withMemory'])
    .where('state', '!=', 'CREATING')
    .execute();
  const images = await db
    .selectFrom('Image')
    .innerJoin('ImageReplica', 'imageId', 'Image.id')
    .select(['Image.id', 'kind'])
    .where('state', '=', 'READY')
    .execute();
  const ids = (rows: { id: string }[]) => new Set(rows.map(({ id }) => id));
  const running = machines.filter(({ state }) => state === 'RUNNING' || state === 'SUSPENDED');
  // A machine that never ran was never metered.
  const metered = ids([...running, ...machines.filter(({ lastHostId }) => lastHostId !== null)]);
  return {
    VM_CREATE: metered,
    IP_ADDRESS_TAKE: ids(nics.filter(({ virtualMachineId }) => metered.has(virtualMachineId))),
    VM_START: ids(running),
    VOLUME_CREATE: ids(volumes),
    VM_SNAPSHOT_CREATE: ids(snapshots),
    VM_SNAPSHOT_ON_PRIMARY: ids(snapshots.filter(({ withMemory }) => withMemory)),
    TEMPLATE_CREATE: ids(images.filter(({ kind }) => kind === 'TEMPLATE')),
    ISO_CREATE: ids(images.filter(({ kind }) => kind === 'ISO')),
  };
}
