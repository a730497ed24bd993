import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import type { Actor } from '../../platform/actor.ts';
import { audit } from '../../platform/audit.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import type { Sealing } from '../../platform/sealing.ts';
import type { AccessNotices } from '../access/access-notices.ts';
import type { LockOut } from '../session/lock-out.ts';
import type { Reauthentication } from '../session/reauthentication.ts';
import { renewCodes, useRecoveryCode } from './recovery-codes.ts';
import { isTotpCode, newTotpSecret, stepOfCode, totpEnrolment } from './totp.ts';

export interface SecondFactorOptions {
  db: Database;
  clock: Clock;
  sealing: Sealing;
  access: AccessNotices;
  lockOut: LockOut;
  reauthentication: Reauthentication;
}

/** What sealed secrets of authenticator apps are bound to. */
const placeOf = (user: Pick<Row<'User'>, 'id'>) => `totp ${user.id}`;

/** The second factor: codes of an authenticator app (TOTP), and recovery codes for when it is lost. */
export class SecondFactorService {
  readonly #options: SecondFactorOptions;

  constructor(options: SecondFactorOptions) {
    this.#options = options;
  }

  /**
   * Whether a code is the user's, and of which kind; `null` for a wrong one. A code that was right once is used up.
   */
  async check(user: Row<'User'>, code: string): Promise<'TOTP' | 'RECOVERY_CODE' | null> {
    const { db, clock } = this.#options;
    if (user.totpConfirmedAt === null || user.totpSecret === null) return null;
    const typed = code.replaceAll(/\s/g, '');
    if (isTotpCode(typed)) return (await this.#useStep(user, typed)) ? 'TOTP' : null;
    return (await useRecoveryCode(db, user.id, typed, clock.now())) ? 'RECOVERY_CODE' : null;
  }

  /**
   * Makes a secret for an authenticator app. It counts once a code of the app confirmed it.
   * @throws PlatformError INVALID_STATE when there is a second factor already; those of {@link Reauthentication}
   */
  async begin(actor: Actor, password: string): Promise<{ secret: string; uri: string }> {
    const { db, clock, sealing, reauthentication } = this.#options;
    const user = await reauthentication.prove(actor, password);
    if (user.totpConfirmedAt !== null) throw alreadyThere();
    const bytes = newTotpSecret();
    const begun = await db
      .updateTable('User')
      .set({ totpSecret: sealing.seal(bytes, placeOf(user)), totpLastStep: null })
      .where('id', '=', user.id)
      .where('totpConfirmedAt', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (begun === undefined) throw alreadyThere();
    await audit(db, { action: 'user.beginSecondFactor', outcome: 'SUCCEEDED', at: clock.now(), actor });
    return totpEnrolment(bytes, user.username);
  }

  /**
   * Turns the second factor on, and ends every other session of the actor's.
   * @returns recovery codes, shown this once
   * @throws PlatformError INVALID_STATE when nothing was begun, VALIDATION_FAILED for a wrong code
   */
  async confirm(actor: Actor, code: string): Promise<string[]> {
    const { clock, reauthentication } = this.#options;
    const user = await reauthentication.self(actor);
    if (user.totpConfirmedAt !== null) throw alreadyThere();
    if (user.totpSecret === null) {
      throw new PlatformError('INVALID_STATE', 'no second factor is being set up', {
        remedy: 'begin with beginSecondFactor',
      });
    }
    if (!(await this.#useStep(user, code.replaceAll(/\s/g, '')))) throw wrongCode();
    return this.#change(actor, 'user.enrolSecondFactor', async (tx) => {
      const confirmed = await tx
        .updateTable('User')
        .set({ totpConfirmedAt: clock.now() })
        .where('id', '=', user.id)
        .where('totpConfirmedAt', 'is', null)
        .where('totpSecret', '=', user.totpSecret)
        .returning('id')
        .executeTakeFirst();
      if (confirmed === undefined) throw alreadyThere();
      await tx
        .deleteFrom('UserSession')
        .where('userId', '=', user.id)
        .where('id', '!=', actor.sessionId)
        .execute();
      return renewCodes(tx, user.id);
    });
  }

  /**
   * Turns the second factor off.
   * @throws PlatformError INVALID_STATE when there is none, VALIDATION_FAILED for a wrong password or code
   */
  async remove(actor: Actor, password: string, code: string): Promise<void> {
    const user = await this.#proveBoth(actor, password, code);
    await this.#change(actor, 'user.removeSecondFactor', async (tx) => {
      await tx
        .updateTable('User')
        .set({ totpSecret: null, totpConfirmedAt: null, totpLastStep: null })
        .where('id', '=', user.id)
        .execute();
      await tx.deleteFrom('RecoveryCode').where('userId', '=', user.id).execute();
      await tx.deleteFrom('SignInChallenge').where('userId', '=', user.id).execute();
    });
  }

  /**
   * Makes new recovery codes in place of those that there were.
   * @returns the codes, shown this once
   * @throws PlatformError as {@link remove}
   */
  async renewRecoveryCodes(actor: Actor, password: string, code: string): Promise<string[]> {
    const user = await this.#proveBoth(actor, password, code);
    return this.#change(actor, 'user.renewRecoveryCodes', (tx) => renewCodes(tx, user.id));
  }

  async #proveBoth(actor: Actor, password: string, code: string): Promise<Row<'User'>> {
    const { lockOut, reauthentication } = this.#options;
    const user = await reauthentication.prove(actor, password);
    if (user.totpConfirmedAt === null) throw new PlatformError('INVALID_STATE', 'you have no second factor');
    if ((await this.check(user, code)) === null) {
      await lockOut.countFailure(user.id);
      throw wrongCode();
    }
    return user;
  }

  /** Claims the time step of a code, if it is a right one: of two that come with the same code one gets it. */
  async #useStep(user: Row<'User'>, code: string): Promise<boolean> {
    const { db, clock, sealing } = this.#options;
    if (user.totpSecret === null) return false;
    const step = stepOfCode(sealing.open(user.totpSecret, placeOf(user)), code, clock.now());
    if (step === null) return false;
    const claimed = await db
      .updateTable('User')
      .set({ totpLastStep: step })
      .where('id', '=', user.id)
      .where('totpSecret', '=', user.totpSecret)
      .where((row) => row.or([row('totpLastStep', 'is', null), row('totpLastStep', '<', step)]))
      .returning('id')
      .executeTakeFirst();
    return claimed !== undefined;
  }

  async #change<Result>(
    actor: Actor,
    action: string,
    change: (tx: Transaction) => Promise<Result>,
  ): Promise<Result> {
    const { db, clock, access } = this.#options;
    const result = await db.transaction().execute(async (tx) => {
      const changed = await change(tx);
      await audit(tx, { action, outcome: 'SUCCEEDED', at: clock.now(), actor });
      return changed;
    });
    await access.announce({ userId: actor.userId });
    return result;
  }
}

function alreadyThere(): PlatformError {
  return new PlatformError('INVALID_STATE', 'you have a second factor already', {
    remedy: 'remove it first',
  });
}

function wrongCode(): PlatformError {
  return invalid('input.code', '(not shown)', 'must be a code that was not used yet');
}
