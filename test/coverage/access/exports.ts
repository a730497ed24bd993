import type { Database } from '@nephos/model/database.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import type { AccountFacts } from './tenants.ts';

/** A file of usage that the user of an account ordered, and a schedule with a run that came to nothing. */
export async function makeExport(
  db: Database,
  { userId, accountId }: Pick<AccountFacts, 'userId' | 'accountId'>,
): Promise<void> {
  if (userId === null) return;
  const at = new Date();
  const [exportId, scheduleId] = [newId('UsageExport'), newId('UsageExportSchedule')];
  const what = { userId, kind: 'RECORDS', format: 'CSV' } as const;
  const covers = { coversFrom: at, coversUntil: at };
  await db
    .insertInto('UsageExport')
    .values({
      ...{ ...what, ...covers, id: exportId },
      state: 'READY',
      seesAll: false,
      accountIds: [accountId],
      issuerName: 'Nephos',
      mostBytes: 1n,
      createdAt: at,
      expiresAt: new Date(at.getTime() + 86_400_000),
    })
    .execute();
  await db
    .insertInto('UsageExportSchedule')
    .values({
      ...{ ...what, id: scheduleId },
      name: 'daily',
      range: 'PREVIOUS_DAY',
      cron: '0 3 * * *',
      timeZone: 'UTC',
      // A folder would be for those alone who run the platform.
      destination: 'WEBHOOK',
      target: JSON.stringify({ url: 'https://billing.example.com/', sends: 'LINK' }),
    })
    .execute();
  await db
    .insertInto('UsageExportRun')
    .values({
      ...{ ...covers, id: newId('UsageExportRun'), scheduleId, userId, exportId },
      dueAt: at,
      state: 'FAILED',
      link: '',
      nextAttemptAt: at,
      finishedAt: at,
    })
    .execute();
}
