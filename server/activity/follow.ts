import type { RequestContext } from '../graphql/context.ts';
import { seesChange, type GuardedTable } from '../identity/access/visibility.ts';
import type { Row } from '@nephos/model/database.ts';
import type { Change } from '../platform/change-feed/change.ts';

/** A change that a client is told of, and the thing as it is now. */
export interface RowChange<Table extends GuardedTable> {
  change: Change;
  /** `null` once it is gone, or the viewer may no longer see it. */
  row: Row<Table> | null;
}

/**
 * Changes of one kind of thing that the viewer may see, as they happen; each with the thing loaded anew, so that
 * rights are those of this moment. Several changes of one thing at once are one. Begins after a number of the feed, or
 * when it is first asked for a change.
 */
export async function* followRows<Table extends GuardedTable>(
  context: RequestContext,
  table: Table,
  isWanted: (change: Change) => boolean,
  after?: bigint,
): AsyncGenerator<RowChange<Table>, void, undefined> {
  const { actor, load, ending, platform } = context;
  for await (const batch of platform.feed.follow(after, ending)) {
    const newest = new Map<string, Change>();
    for (const change of batch) {
      if (isWanted(change) && seesChange(actor, change)) newest.set(change.resourceId, change);
    }
    const loaded = await Promise.all(
      [...newest.values()].map(async (change) => {
        if (change.operation === 'DELETED') return { change, row: null };
        return { change, row: await load.find(table, change.resourceId as never) };
      }),
    );
    for (const { change, row } of loaded) {
      if (row !== null || change.operation === 'DELETED') yield { change, row };
    }
  }
}
