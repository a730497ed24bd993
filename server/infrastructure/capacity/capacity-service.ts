import type { Row } from '@nephos/model/database.ts';
import type { CapacityResource } from '@nephos/model/generated/enums.ts';
import { findIdKind } from '@nephos/model/kernel/ids.ts';
import { getGuarded } from '../../identity/access/guarded-loader.ts';
import type { GuardedId } from '../../identity/access/visibility.ts';
import type { Actor } from '../../platform/actor.ts';
import { invalid } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import {
  overprovisioningOfPool,
  readCapacities,
  type CapacityLevel,
  type CapacityRow,
} from './capacity-store.ts';
import { forecastsOf, type CapacityForecast } from './forecast.ts';
import { readSamples } from './history/sample-store.ts';
import { trendsOf } from './history/trend-store.ts';

/** What the parts of a thing are. */
const partsOf = { Zone: 'Pod', Pod: 'Cluster', Cluster: 'Host', Host: null } as const;

const mostParts = 500;

const dayMs = 86_400_000;
const mostDays = 366;

/** How one thing filled up. */
export interface CapacityHistory {
  resource: CapacityResource;
  points: Row<'CapacitySample'>[];
  forecast: CapacityForecast | null;
}

interface Scope {
  level: CapacityLevel;
  id: string;
}

/** How much of the cloud is promised and used, as a whole and in parts. */
export class CapacityService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * Of a zone, pod, cluster or host, or of the whole cloud.
   * @throws PlatformError NOT_FOUND, VALIDATION_FAILED
   */
  async read(actor: Actor, scopeId: string | null): Promise<CapacityRow> {
    const within = await this.#scope(actor, scopeId);
    const [row] = await this.#rows(within?.level ?? null, within, 1);
    if (row === undefined) throw new Error(`${scopeId} is gone`);
    return row;
  }

  /**
   * Of the parts of it, the fullest first.
   * @throws PlatformError NOT_FOUND, VALIDATION_FAILED
   */
  async readParts(actor: Actor, scopeId: string | null, most: number): Promise<CapacityRow[]> {
    const check = new Check();
    check.range('first', most, 1, mostParts);
    check.done();
    const within = await this.#scope(actor, scopeId);
    const level = within === null ? 'Zone' : partsOf[within.level];
    return level === null ? [] : this.#rows(level, within, most);
  }

  /**
   * What was written down of one thing that fills up.
   * @throws PlatformError NOT_FOUND, VALIDATION_FAILED
   */
  async history(
    actor: Actor,
    { scopeId, resource, days }: { scopeId: string | null; resource: CapacityResource; days: number },
  ): Promise<CapacityHistory> {
    const check = new Check();
    check.range('days', days, 1, mostDays);
    check.done();
    const within = await this.#scope(actor, scopeId);
    if (within?.level === 'Host')
      throw invalid('scopeId', within.id, 'must be the id of a zone, pod or cluster: hosts have statistics');
    const { db, clock, settings } = this.#platform;
    const now = clock.now();
    const key = scopeId ?? '';
    const [row] = await this.#rows(within?.level ?? null, within, 1);
    if (row === undefined) throw new Error(`${scopeId} is gone`);
    const trends = (await trendsOf(db, [key])).get(key) ?? [];
    const since = new Date(now.getTime() - days * dayMs);
    return {
      resource,
      points: await readSamples(db, { scopeIds: [key], resource, since }),
      forecast:
        forecastsOf(row, trends, { settings, now }).find((each) => each.resource === resource) ?? null,
    };
  }

  #rows(level: CapacityLevel | null, within: Scope | null, most: number): Promise<CapacityRow[]> {
    const { db, settings } = this.#platform;
    const storageOverprovisioning = overprovisioningOfPool(settings);
    return readCapacities(db, { level, within, storageOverprovisioning, most });
  }

  async #scope(actor: Actor, scopeId: string | null): Promise<Scope | null> {
    if (scopeId === null) return null;
    const level = findIdKind(scopeId);
    if (level === undefined || !isLevel(level))
      throw invalid('scopeId', scopeId, 'must be the id of a zone, pod, cluster or host');
    await getGuarded(this.#platform.db, actor, level, scopeId as GuardedId<CapacityLevel>, 'capacity.list');
    return { level, id: scopeId };
  }
}

function isLevel(kind: string): kind is CapacityLevel {
  return Object.hasOwn(partsOf, kind);
}
