import type { Statistics, StatisticsAnswer } from '@nephos/agent-protocol/statistics.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { AgentDispatcher } from '../agent-gateway/agent-dispatcher.ts';
import type { AgentListener } from '../agent-gateway/agent-gateway.ts';
import { getGuarded } from '../identity/access/guarded-loader.ts';
import type { Permission } from '../identity/access/permissions.ts';
import type { Actor } from '../platform/actor.ts';
import { invalid } from '../platform/errors.ts';
import type { Platform } from '../platform/platform.ts';
import type { Reconciler } from '../platform/reconciler.ts';
import { namedSamples } from './exposition-store.ts';
import { exposition } from './exposition.ts';
import { SampleIntake } from './intake.ts';
import { followHost, followMachine, type LiveSample } from './live.ts';
import { pointOf, type MeasuredKind, type Point } from './measures.ts';
import { hourMs, planSeries, type RangeInput } from './resolution.ts';
import { SampleKeeper } from './sample-keeper.ts';
import { newestSamples, readSamples } from './sample-store.ts';
import { seriesOf } from './series.ts';

/** What a thing did in the course of time. */
export interface Series<Kind extends MeasuredKind> {
  from: Date;
  to: Date;
  stepSeconds: number;
  points: Point<Kind>[];
}

const permissionFor = {
  VirtualMachine: 'virtualMachine.statistics',
  Host: 'host.statistics',
  StoragePool: 'storagePool.statistics',
} as const satisfies Record<MeasuredKind, Permission>;

/** Samples that are older than this many intervals say nothing of now. */
const freshIntervals = 2.5;
const longestIntervalSeconds = 300;

/** What machines, hosts and storage pools do: kept as samples, and read live for whoever looks. */
export class StatisticsService implements AgentListener {
  readonly #platform: Platform;
  readonly #agents: AgentDispatcher;
  readonly #intake: SampleIntake;
  readonly reconciler: Reconciler;

  constructor(platform: Platform, agents: AgentDispatcher) {
    this.#platform = platform;
    this.#agents = agents;
    this.#intake = new SampleIntake(platform.db);
    ({ reconciler: this.reconciler } = new SampleKeeper(platform));
  }

  async onStatistics(agentId: Id<'Agent'>, statistics: Statistics, at: Date): Promise<StatisticsAnswer> {
    const pools = await this.#intake.take({ agentId, at, statistics });
    return { nextSeconds: this.#platform.settings.get('vm.stats.interval'), pools };
  }

  /** @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED */
  async series<Kind extends MeasuredKind>(
    actor: Actor,
    kind: Kind,
    id: Id<Kind>,
    input: RangeInput,
  ): Promise<Series<Kind>> {
    const { db, clock, settings } = this.#platform;
    await this.#guard(actor, kind, id);
    const now = clock.now();
    const minutesMs = settings.get('vm.stats.retention.minute.hours') * hourMs;
    const plan = planSeries(input, now, new Date(now.getTime() - minutesMs));
    const points = seriesOf(kind, plan, await readSamples(db, id, plan));
    return { from: plan.from, to: plan.to, stepSeconds: plan.stepMs / 1000, points };
  }

  /** The newest sample of each of some things that the caller may see, where there is one that says how it is now. */
  async newest<Kind extends MeasuredKind>(
    kind: Kind,
    ids: readonly string[],
  ): Promise<Map<string, Point<Kind>>> {
    const rows = await newestSamples(this.#platform.db, ids, this.#freshSince());
    return new Map(rows.map(({ resourceId, at, values }) => [resourceId, pointOf(kind, at, values)]));
  }

  /** @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED */
  async followMachine(
    actor: Actor,
    id: Id<'VirtualMachine'>,
    intervalSeconds: number,
    ending: AbortSignal,
  ): Promise<AsyncGenerator<LiveSample, void, undefined>> {
    checkInterval(intervalSeconds);
    await this.#guard(actor, 'VirtualMachine', id);
    return followMachine({ platform: this.#platform, agents: this.#agents }, id, intervalSeconds, ending);
  }

  /** @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED */
  async followHost(
    actor: Actor,
    id: Id<'Host'>,
    intervalSeconds: number,
    ending: AbortSignal,
  ): Promise<AsyncGenerator<Point<'Host'>, void, undefined>> {
    checkInterval(intervalSeconds);
    const { agentId } = await getGuarded(this.#platform.db, actor, 'Host', id, 'host.statistics');
    return followHost({ platform: this.#platform, agents: this.#agents }, agentId, intervalSeconds, ending);
  }

  /** Kinds of thing that somebody may see statistics of. */
  exposedTo({ rights }: Actor): MeasuredKind[] {
    return (Object.keys(permissionFor) as MeasuredKind[]).filter((kind) => rights.has(permissionFor[kind]));
  }

  /** The newest samples of everything that somebody may see, in Prometheus' text format. */
  async *expose(actor: Actor): AsyncGenerator<string, void, undefined> {
    for (const kind of this.exposedTo(actor)) {
      yield* exposition(kind, await namedSamples(this.#platform.db, actor, kind, this.#freshSince()));
    }
  }

  /** Samples from this moment on say how things are now. */
  #freshSince(): Date {
    const { clock, settings } = this.#platform;
    return new Date(clock.now().getTime() - settings.get('vm.stats.interval') * freshIntervals * 1000);
  }

  async #guard(actor: Actor, kind: MeasuredKind, id: string): Promise<void> {
    await getGuarded(this.#platform.db, actor, kind, id as never, permissionFor[kind]);
  }
}

function checkInterval(seconds: number): void {
  if (seconds < 1 || seconds > longestIntervalSeconds)
    throw invalid('intervalSeconds', seconds, `must be from 1 to ${longestIntervalSeconds}`);
}
