import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { getForChange } from '../../identity/access/guarded-loader.ts';
import { ownerFor } from '../../identity/access/owner.ts';
import type { Actor } from '../../platform/actor.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, notFound } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { generateKey, readPublicKey } from './public-key.ts';

export interface CreateSshKeyPairInput {
  name: string;
  /** Absent: a new pair is made. */
  publicKey?: string | null | undefined;
  accountId?: Id<'Account'> | null | undefined;
  idempotencyKey?: string | null | undefined;
}

/** Keys that let people into their machines. */
export class SshKeyPairService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * @returns the private key only where one was made, in the first answer to a request
   * @throws PlatformError VALIDATION_FAILED, NOT_FOUND
   */
  async create(
    actor: Actor,
    input: CreateSshKeyPairInput,
  ): Promise<{ sshKeyPairId: string; privateKey: string | null }> {
    const check = new Check();
    check.name('input.name', input.name);
    check.done();
    const given = input.publicKey == null ? null : readPublicKey('input.publicKey', input.publicKey);
    // Beside the answer, which is kept for those who ask again.
    let privateKey: string | null = null;
    const action = 'sshKeyPair.create';
    const { sshKeyPairId } = await this.#platform.mutations.run(
      { action, actor, input },
      async (mutation) => {
        const { accountId } = await ownerFor(mutation.tx, actor, input.accountId, action);
        const key = given === null ? generateKey(input.name) : { ...given, privateKey: null };
        const { line, fingerprint } = key;
        ({ privateKey } = key);
        const id = newId('SshKeyPair');
        try {
          await mutation.tx
            .insertInto('SshKeyPair')
            .values({ id, accountId, name: input.name, publicKey: line, fingerprint, createdAt: mutation.at })
            .execute();
        } catch (error) {
          if (isUniqueViolation(error))
            throw invalid('input.name', input.name, 'is the name of another of your key pairs');
          throw error;
        }
        mutation.concerns('SshKeyPair', id, accountId, { name: input.name, fingerprint });
        return { sshKeyPairId: id };
      },
    );
    return { sshKeyPairId, privateKey };
  }

  /** Machines that have the key keep it. @throws PlatformError NOT_FOUND, FORBIDDEN */
  async delete(actor: Actor, id: Id<'SshKeyPair'>): Promise<void> {
    const action = 'sshKeyPair.delete';
    await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { accountId, name, fingerprint } = await getForChange(
        mutation.tx,
        actor,
        'SshKeyPair',
        id,
        action,
      );
      const deleted = await mutation.tx
        .deleteFrom('SshKeyPair')
        .where('id', '=', id)
        .returning('id')
        .executeTakeFirst();
      if (deleted === undefined) throw notFound('SSH key pair', id);
      mutation.concerns('SshKeyPair', id, accountId, { name, fingerprint });
      return {};
    });
  }
}
