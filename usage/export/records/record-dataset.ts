import type { Row } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { columnsOf } from '../columns-of.ts';
import { countSelected, type Dataset } from '../dataset.ts';
import { keyValuesText } from '../key-values.ts';
import { selected } from '../selection.ts';
import { usageName } from '../usage-name.ts';

/** A usage record, with the end of its period. */
type RecordRow = Row<'UsageRecord'> & { periodEndsAt: Date };

const { text, textOrNull, integer, integerOrNull, jsonOrNull, time, timeOrNull } = columnsOf<RecordRow>();

const whole = (value: string | number | undefined) => (value === undefined ? undefined : BigInt(value));

/** Usage records: one row each, as they are stored. */
export const recordDataset: Dataset<RecordRow> = {
  columns: [
    text('id', ({ id }) => id),
    time('periodStartsAt', ({ periodStartsAt }) => periodStartsAt),
    time('periodEndsAt', ({ periodEndsAt }) => periodEndsAt),
    timeOrNull('correctsPeriod', ({ correctsPeriod }) => correctsPeriod),
    integer('usageType', ({ usageType }) => BigInt(usageType)),
    text('usageName', ({ usageType }) => usageName(usageType)),
    text('accountId', ({ accountId }) => accountId),
    text('domainId', ({ domainId }) => domainId),
    text('zoneId', ({ zoneId }) => zoneId),
    text('resourceId', ({ resourceId }) => resourceId),
    text('resourceName', ({ resourceName }) => resourceName),
    time('startedAt', ({ startedAt }) => startedAt),
    time('endedAt', ({ endedAt }) => endedAt),
    integer('quantity', ({ quantity }) => quantity),
    textOrNull('offeringId', ({ attributes }) => attributes.offeringId),
    textOrNull('offeringName', ({ attributes }) => attributes.offeringName),
    textOrNull('templateId', ({ attributes }) => attributes.templateId),
    integerOrNull('cpuCount', ({ attributes }) => whole(attributes.cpuCount)),
    integerOrNull('cpuMhz', ({ attributes }) => whole(attributes.cpuMhz)),
    integerOrNull('memoryBytes', ({ attributes }) => whole(attributes.memoryBytes)),
    integerOrNull('sizeBytes', ({ attributes }) => whole(attributes.sizeBytes)),
    jsonOrNull('tags', ({ attributes }) => keyValuesText(attributes.tags)),
  ],
  countRows: countSelected('UsageRecord'),
  facts: {},
  readPage: async (db, selection, after, limit) => {
    const { rows } = await sql<RecordRow>`
      select r.*, p."endsAt" as "periodEndsAt"
      from "UsageRecord" r join "UsagePeriod" p on p."startsAt" = r."periodStartsAt"
      where ${selected(selection, 'r', after)}
      order by r."id" limit ${limit}`.execute(db);
    return rows;
  },
};
