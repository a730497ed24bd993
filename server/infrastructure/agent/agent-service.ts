import type { EnrolmentService, TokenOrder } from '../../agent-gateway/enrolment-service.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';

/** A token, as it is shown once. */
export interface MadeToken {
  kind: TokenOrder['kind'];
  token: string;
  expiresAt: Date;
}

/** Who may join. */
export class AgentService {
  readonly #platform: Platform;
  readonly #enrolment: EnrolmentService;

  constructor(platform: Platform, enrolment: EnrolmentService) {
    this.#platform = platform;
    this.#enrolment = enrolment;
  }

  async createToken(actor: Actor, order: TokenOrder): Promise<MadeToken> {
    const check = new Check();
    check.range('input.uses', order.uses, 1, 10_000);
    check.range('input.validMinutes', order.validMinutes, 1, 10_080);
    check.done();
    const action = 'agent.createEnrolmentToken';
    const made = await this.#enrolment.createToken(order);
    await this.#platform.mutations.run({ action, actor, input: {} }, (mutation) => {
      mutation.concerns('EnrolmentToken', order.kind, null, { ...order });
      return Promise.resolve({});
    });
    return { kind: order.kind, ...made };
  }
}
