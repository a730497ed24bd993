import {
  formatEnrolmentToken,
  parseEnrolmentToken,
  type CertificateAnswer,
  type EnrolInput,
} from '@nephos/agent-protocol/enrolment.ts';
import type { Database } from '@nephos/model/database.ts';
import type { AgentKind } from '@nephos/model/generated/enums.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { hashSecret, newSecret } from '../identity/secrets.ts';
import { audit } from '../platform/audit.ts';
import { PlatformError } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import type { CertificateAuthority } from './certificate-authority.ts';

export interface TokenOrder {
  kind: AgentKind;
  /** How many agents it admits. */
  uses: number;
  validMinutes: number;
  /** For one agent: the id that it gets. It may enrol anew when it lost its certificate. */
  agentId?: Id<'Agent'>;
}

/** Admits agents: one-time tokens against certificates. */
export class EnrolmentService {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #authority: CertificateAuthority;
  readonly #log: Logger;

  constructor(options: { db: Database; clock: Clock; authority: CertificateAuthority; log: Logger }) {
    this.#db = options.db;
    this.#clock = options.clock;
    this.#authority = options.authority;
    this.#log = options.log;
  }

  /** @returns the token's text, and when it ends; only its hash is kept */
  async createToken(order: TokenOrder): Promise<{ token: string; expiresAt: Date }> {
    const secret = newSecret();
    const expiresAt = new Date(this.#clock.now().getTime() + order.validMinutes * 60_000);
    await this.#db
      .insertInto('EnrolmentToken')
      .values({
        tokenHash: hashSecret(secret),
        kind: order.kind,
        remainingUses: order.uses,
        agentId: order.agentId ?? null,
        expiresAt,
      })
      .execute();
    return { token: formatEnrolmentToken({ caFingerprint: this.#authority.fingerprint, secret }), expiresAt };
  }

  /**
   * Uses a token up and makes the agent known.
   * @throws PlatformError UNAUTHENTICATED, the same for every token that is not good; VALIDATION_FAILED
   */
  async enrol(input: EnrolInput, clientAddress: string): Promise<CertificateAnswer> {
    const known = await this.#db
      .selectFrom('EnrolmentToken')
      .select('agentId')
      .where('tokenHash', '=', hashSecret(input.secret))
      .executeTakeFirst();
    const agentId = known?.agentId ?? newId('Agent');
    const certificate = await this.#authority.issueForAgent(agentId, input.certificateRequest);
    const now = this.#clock.now();
    await this.#db.transaction().execute(async (tx) => {
      const used = await tx
        .updateTable('EnrolmentToken')
        .set((row) => ({ remainingUses: row('remainingUses', '-', 1) }))
        .where('tokenHash', '=', hashSecret(input.secret))
        .where('kind', '=', input.kind)
        .where('remainingUses', '>', 0)
        .where('expiresAt', '>', now)
        .returning('tokenHash')
        .executeTakeFirst();
      if (used === undefined) {
        throw new PlatformError(
          'UNAUTHENTICATED',
          'this enrolment token is not known, was used, ran out, or is for another kind of agent',
        );
      }
      await tx
        .insertInto('Agent')
        .values({
          id: agentId,
          kind: input.kind,
          name: input.name,
          certificateHash: certificate.hash,
          certificateUntil: certificate.until,
          softwareVersion: '',
        })
        .onConflict((conflict) =>
          conflict
            .column('id')
            .doUpdateSet({ certificateHash: certificate.hash, certificateUntil: certificate.until }),
        )
        .execute();
      await audit(tx, {
        action: 'agent.enrol',
        outcome: 'SUCCEEDED',
        at: now,
        actor: null,
        actorName: input.name,
        clientAddress,
        accountId: null,
        target: { kind: 'Agent', id: agentId },
      });
    });
    this.#log.info({ agentId, kind: input.kind, name: input.name }, 'agent enrolled');
    return { certificate: certificate.pem, authority: this.#authority.certificate };
  }

  /** Tokens that were made for one agent admit it no more. */
  async revokeTokens(agentId: Id<'Agent'>): Promise<void> {
    await this.#db.deleteFrom('EnrolmentToken').where('agentId', '=', agentId).execute();
  }

  /** Whether a token would admit a host agent now; it is not used up. */
  async isGoodForHost(text: string): Promise<boolean> {
    const secret = secretOf(text);
    if (secret === undefined) return false;
    const token = await this.#db
      .selectFrom('EnrolmentToken')
      .select('kind')
      .where('tokenHash', '=', hashSecret(secret))
      .where('kind', '=', 'HOST')
      .where('remainingUses', '>', 0)
      .where('expiresAt', '>', this.#clock.now())
      .executeTakeFirst();
    return token !== undefined;
  }

  /** A new certificate for an agent that proved itself with its present one. */
  async renew(agentId: Id<'Agent'>, certificateRequest: string): Promise<CertificateAnswer> {
    const certificate = await this.#authority.issueForAgent(agentId, certificateRequest);
    await this.#db
      .updateTable('Agent')
      .set({ certificateHash: certificate.hash, certificateUntil: certificate.until })
      .where('id', '=', agentId)
      .execute();
    return { certificate: certificate.pem, authority: this.#authority.certificate };
  }
}

function secretOf(text: string): string | undefined {
  try {
    return parseEnrolmentToken(text).secret;
  } catch {
    return undefined;
  }
}
