import type { Database, Row } from '@nephos/model/database.ts';
import type { ApiAnswer } from './api-client.ts';

/** The audit events of one request, by the trace id of its answer. */
export function eventsOf(
  db: Database,
  { headers }: Pick<ApiAnswer, 'headers'>,
): Promise<Row<'AuditEvent'>[]> {
  return db
    .selectFrom('AuditEvent')
    .selectAll()
    .where('traceId', '=', headers.get('x-trace-id') ?? 'none')
    .orderBy('id')
    .execute();
}
