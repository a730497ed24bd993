import type { Row } from '@nephos/model/database.ts';
import type { CapacityResource } from '@nephos/model/generated/enums.ts';
import type { Settings } from '../../platform/settings/settings.ts';
import type { CapacityRow } from './capacity-store.ts';
import { amountsOf, capacityResources } from './resources.ts';
import { daysUntil, outlookOf, type OutlookKind } from './trend/outlook.ts';

/** What becomes of one thing that fills up. */
export interface CapacityForecast {
  resource: CapacityResource;
  amount: number;
  total: number;
  thresholdPercent: number;
  kind: OutlookKind;
  /** `null` where no trend is known. */
  perDay: number | null;
  since: Date | null;
  thresholdAt: Date | null;
  daysUntilThreshold: number | null;
  fullAt: Date | null;
  daysUntilFull: number | null;
}

/** Continues each trend from what is used now. */
export function forecastsOf(
  row: CapacityRow,
  trends: readonly Row<'CapacityTrend'>[],
  { settings, now }: { settings: Settings; now: Date },
): CapacityForecast[] {
  return amountsOf(row).map(({ resource, ...exact }) => {
    const trend = trends.find((each) => each.resource === resource);
    const fullness = {
      amount: Number(exact.amount),
      total: Number(exact.total),
      thresholdPercent: settings.get(capacityResources[resource].threshold),
    };
    const { kind, thresholdAt, fullAt } = outlookOf(fullness, trend, now);
    const isSteady = trend !== undefined && trend.kind !== 'TOO_SHORT' && trend.kind !== 'UNSTEADY';
    return {
      resource,
      ...fullness,
      kind,
      perDay: isSteady ? trend.perDay : null,
      since: trend?.since ?? null,
      thresholdAt,
      daysUntilThreshold: daysUntil(thresholdAt, now),
      fullAt,
      daysUntilFull: daysUntil(fullAt, now),
    };
  });
}
