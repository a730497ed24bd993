import type { statisticsFlags, statisticsGroups } from './constants.ts';
import type { Libvirt } from './connection.ts';
import type { CallOptions } from './pending-call.ts';
import { procedures } from './procedures.ts';
import type { DomainRef } from './references.ts';
import type { DomainStatistics } from './results.ts';

export type StatisticsGroup = keyof typeof statisticsGroups;
export type StatisticsFlag = keyof typeof statisticsFlags;

/** Which domains are measured, and what. */
export interface StatisticsQuery {
  /** Default: all that the flags select. */
  readonly domains?: readonly DomainRef[];
  /** Default: all groups. */
  readonly groups?: readonly StatisticsGroup[];
  readonly flags?: readonly StatisticsFlag[];
}

/** Measures many domains with one call. A domain that is busy with a job holds up the answer unless NOWAIT is set. */
export function getStatistics(
  libvirt: Libvirt,
  query: StatisticsQuery = {},
  options?: CallOptions,
): Promise<readonly DomainStatistics[]> {
  const { domains = [], groups = [], flags = [] } = query;
  return libvirt.call(procedures.connectGetAllDomainStats, [domains, groups, flags], options);
}
