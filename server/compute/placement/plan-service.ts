import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { PlannedPrice } from '@nephos/usage/rate/planned-price.ts';
import { readQuota, type QuotaLine } from '../../identity/limit/quota.ts';
import { mayRead } from '../../identity/access/visibility.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Platform } from '../../platform/platform.ts';
import { planPrices } from '../../billing/tariff/price-plan.ts';
import { usageOfPlan } from '../virtual-machine/deploy/planned-usage.ts';
import { checkDeployInput, type DeployInput } from '../virtual-machine/deploy/deploy-input.ts';
import { prepareDeploy } from '../virtual-machine/deploy/prepare-deploy.ts';
import { readAffinity } from './affinity.ts';
import type { Question } from './conditions.ts';
import { requiredTags, type Demand } from './demand.ts';
import { findBestHost } from './host-verdicts.ts';
import { placementRules, type PlacementRules } from './rules.ts';
import { countReasons, type Verdict } from './verdict.ts';

/** Where a machine would go now. */
export interface PlacementPlan extends Verdict {
  question: Question;
  /** Whether the viewer may see hosts. */
  isForOperator: boolean;
  /** The host that would be chosen; `null` when none fits. */
  chosenHostId: Id<'Host'> | null;
  warnings: string[];
}

/** What a deploy would come to now. */
export interface DeployPlan {
  placement: PlacementPlan;
  quota: QuotaLine[];
  /** What it will cost, by currency; none where nothing that it uses has a price. */
  prices: PlannedPrice[];
}

/** Says what would happen, and changes nothing. */
export class PlanService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * What a deploy with this very input would come to: nothing is locked and nothing is written.
   * @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, INVALID_STATE for what a deploy refuses before it
   * looks for a host
   */
  planDeploy(actor: Actor, input: DeployInput): Promise<DeployPlan> {
    const { db, settings, clock } = this.#platform;
    const at = clock.now();
    checkDeployInput(input, at);
    return db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (tx) => {
        const prepared = await prepareDeploy({ tx, actor, settings, isHeld: false }, input);
        const { demand, owner, amounts } = prepared;
        const placement = await planPlacement(tx, actor, demand, placementRules(settings));
        if (input.count > 1) {
          placement.warnings.push(
            `whether all ${input.count} machines find room is known only when they are placed: this is said of the first`,
          );
        }
        const timeZone = settings.get('usage.aggregation.timezone');
        return {
          placement,
          quota: await readQuota(tx, settings, owner.accountId, amounts),
          prices: await planPrices(tx, usageOfPlan(prepared, input), { at, timeZone }),
        };
      });
  }
}

/** What is to be said of placing a machine, without placing it. */
export async function planPlacement(
  tx: Transaction,
  actor: Actor,
  demand: Demand,
  rules: PlacementRules,
): Promise<PlacementPlan> {
  const question = { demand, affinity: await readAffinity(tx, demand), rules };
  const verdict = await countReasons(tx, question);
  return {
    ...verdict,
    question,
    isForOperator: mayRead(actor, 'Host') && actor.rights.has('virtualMachine.placeOnHost'),
    chosenHostId: verdict.fitting === 0 ? null : await findBestHost(tx, question),
    warnings: await passedTags(tx, question),
  };
}

/** Tags that an explicit target may lack. */
async function passedTags(tx: Transaction, { demand, rules }: Question): Promise<string[]> {
  if (demand.targetHostId == null) return [];
  const host = await tx
    .selectFrom('Host')
    .select(['name', 'tags'])
    .where('id', '=', demand.targetHostId)
    .executeTakeFirst();
  const strict = requiredTags(demand, rules);
  const passed = demand.hostTags.filter((tag) => !strict.includes(tag) && !host?.tags.includes(tag));
  return passed.length === 0
    ? []
    : [
        `host ${host?.name ?? ''} lacks the tags ${passed.join(', ')} of the offering; none of them is strict`,
      ];
}
