import type { Column } from '../column.ts';
import { columnsOf } from '../columns-of.ts';
import type { FocusLine } from './focus-line.ts';

const { text, textOrNull, integer, integerOrNull, wide } = columnsOf<FocusLine>();

const whole = (value: string | number | undefined) => (value === undefined ? undefined : BigInt(value));

/** Columns of our own, after those of the specification: where a row comes from, and its amount without rounding. */
export const customColumns: readonly Column<FocusLine>[] = [
  text('x_RatedLineId', ({ id }) => id),
  text('x_UsageRecordId', ({ recordId }) => recordId),
  integer('x_UsageType', ({ usageType }) => BigInt(usageType)),
  wide('x_ExactAmount', ({ amount }) => amount),
  wide('x_UnitSize', ({ unitSize }) => unitSize),
  textOrNull('x_OfferingName', ({ attributes }) => attributes.offeringName),
  integerOrNull('x_CoreCount', ({ attributes }) => whole(attributes.cpuCount)),
  integerOrNull('x_MemoryBytes', ({ attributes }) => whole(attributes.memoryBytes)),
  integerOrNull('x_SizeBytes', ({ attributes }) => whole(attributes.sizeBytes)),
];
