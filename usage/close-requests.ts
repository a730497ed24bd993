import type { Database, Row } from '@nephos/model/database.ts';
import type { UsageSettings } from '@nephos/model/kernel/usage-settings.ts';
import { closePeriods, cutAt, type ClosingDeps } from './period/close-periods.ts';

type Request = Row<'UsageCloseRequest'>;

/** Carries out what administrators asked to have summed up before its time, in the order in which they did. */
export async function serveCloseRequests(deps: ClosingDeps, settings: UsageSettings): Promise<void> {
  for (;;) {
    const request = await findOpenRequest(deps.db);
    // By a server whose clock goes before this one's.
    if (request === undefined || request.until > deps.clock.now()) return;
    await serve(deps, settings, request);
    await deps.parking.at('request:finished');
  }
}

async function serve(deps: ClosingDeps, settings: UsageSettings, request: Request): Promise<void> {
  const { jobId } = request;
  const finished = (error: string | null) =>
    deps.db
      .updateTable('UsageCloseRequest')
      .set({ finishedAt: deps.clock.now(), error })
      .where('jobId', '=', jobId)
      .execute();
  try {
    await closePeriods(deps, settings, cutAt(request.until, settings), async (tx) => {
      await tx
        .updateTable('UsageCloseRequest')
        .set((row) => ({ periodCount: row('periodCount', '+', 1) }))
        .where('jobId', '=', jobId)
        .execute();
    });
  } catch (error) {
    // A database that is away takes no answer either: then the request stays open.
    await finished((error as Error).message);
    throw error;
  }
  await finished(null);
}

function findOpenRequest(db: Database): Promise<Request | undefined> {
  return db
    .selectFrom('UsageCloseRequest')
    .selectAll()
    .where('finishedAt', 'is', null)
    .orderBy('createdAt')
    .limit(1)
    .executeTakeFirst();
}
