import { invalid } from '../platform/errors.ts';

export const minuteMs = 60_000;
export const quarterMs = 15 * minuteMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** Most points of one series. */
export const mostPoints = 1500;

export type Resolution = 'AUTO' | 'MINUTE' | 'QUARTER_HOUR';

export interface RangeInput {
  /** An hour before `to` when absent. */
  from?: Date | null | undefined;
  /** Now when absent. */
  to?: Date | null | undefined;
  resolution: Resolution;
}

/** Which samples are read, and how far apart the points are that they become. */
export interface SeriesPlan {
  from: Date;
  to: Date;
  source: 'MINUTE' | 'QUARTER_HOUR';
  stepMs: number;
}

/**
 * @param minutesSince samples of a minute are kept from here on
 * @throws PlatformError VALIDATION_FAILED for a range that is none, or too long for the resolution asked for
 */
export function planSeries(input: RangeInput, now: Date, minutesSince: Date): SeriesPlan {
  const to = input.to ?? now;
  const from = input.from ?? new Date(to.getTime() - hourMs);
  const span = to.getTime() - from.getTime();
  if (span <= 0) throw invalid('from', from.toISOString(), `must be before ${to.toISOString()}`);
  const { resolution } = input;
  if (resolution === 'AUTO') {
    if (span <= mostPoints * minuteMs && from >= minutesSince)
      return { from, to, source: 'MINUTE', stepMs: minuteMs };
    const stepMs = Math.ceil(span / mostPoints / quarterMs) * quarterMs;
    return { from, to, source: 'QUARTER_HOUR', stepMs };
  }
  const stepMs = resolution === 'MINUTE' ? minuteMs : quarterMs;
  if (span > mostPoints * stepMs) {
    const hours = (mostPoints * stepMs) / hourMs;
    throw invalid('from', from.toISOString(), `must be within ${hours} hours before "to" at this resolution`);
  }
  return { from, to, source: resolution, stepMs };
}
