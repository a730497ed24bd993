import type { Column } from '../column.ts';
import { columnsOf } from '../columns-of.ts';
import type { FocusSource } from './focus-source.ts';

const { textOrNull, integerOrNull, wideOrNull } = columnsOf<FocusSource>();

const whole = (value: string | number | undefined) => (value === undefined ? undefined : BigInt(value));

/**
 * Columns of our own, after those of the specification: the domain, and of what was used where a row comes from, and its
 * amount without rounding.
 */
export const customColumns: readonly Column<FocusSource>[] = [
  textOrNull('x_DomainId', ({ charge }) => charge.domainId ?? undefined),
  textOrNull('x_DomainName', ({ charge }) => charge.domainName ?? undefined),
  textOrNull('x_RatedLineId', ({ line }) => line?.id),
  textOrNull('x_UsageRecordId', ({ line }) => line?.recordId),
  integerOrNull('x_UsageType', ({ line }) => whole(line?.usageType)),
  wideOrNull('x_ExactAmount', ({ line }) => line?.amount),
  wideOrNull('x_UnitSize', ({ line }) => line?.unitSize),
  textOrNull('x_OfferingName', ({ line }) => line?.attributes.offeringName),
  integerOrNull('x_CoreCount', ({ line }) => whole(line?.attributes.cpuCount)),
  integerOrNull('x_MemoryBytes', ({ line }) => whole(line?.attributes.memoryBytes)),
  integerOrNull('x_SizeBytes', ({ line }) => whole(line?.attributes.sizeBytes)),
];
