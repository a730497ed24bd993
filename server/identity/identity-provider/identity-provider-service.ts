import type { Row, RowChange } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { ProviderConfiguration } from '@nephos/model/shapes/identity-provider.ts';
import type { Actor } from '../../platform/actor.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import { assertVersion, versionConflict, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { getForChange, getGuarded } from '../access/guarded-loader.ts';
import { configurationFrom, type ConfigurationInput, type Configured } from './provider-plan.ts';
import { sealSecret } from './provider-secret.ts';
import { writeMappings, type RoleMappingInput } from './role-mappings.ts';

export interface CreateIdentityProviderInput extends ConfigurationInput {
  name: string;
  domainId: Id<'Domain'> | null;
  isEnabled?: boolean | null | undefined;
  secret?: string | null | undefined;
  roleMappings: readonly RoleMappingInput[];
  idempotencyKey?: string | null | undefined;
}

export interface UpdateIdentityProviderInput extends ConfigurationInput, ExpectsVersion {
  id: Id<'IdentityProvider'>;
  name?: string | null | undefined;
  isEnabled?: boolean | null | undefined;
  secret?: string | null | undefined;
  roleMappings?: readonly RoleMappingInput[] | null | undefined;
}

/** What the sign-in page offers beside name and password. */
export interface SignInProviders {
  oidc: Pick<Row<'IdentityProvider'>, 'id' | 'name'>[];
  hasDirectory: boolean;
}

const longestSecret = 4096;

/** Identity providers, as administrators set them up. */
export class IdentityProviderService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN for roles beyond the actor's own */
  create(actor: Actor, input: CreateIdentityProviderInput): Promise<{ identityProviderId: string }> {
    checkTexts(input);
    const configured = configurationFrom(actor, input);
    if (configured === undefined) throw invalid('input.oidc', null, 'must be given, or ldap');
    const action = 'identityProvider.create';
    // The secret is kept nowhere but sealed: nor in what a repeated request is compared with.
    const { secret, ...compared } = input;
    return this.#platform.mutations.run({ action, actor, input: compared }, async (mutation) => {
      const { tx } = mutation;
      const domainId = input.domainId ?? actor.domainId;
      const domain = await getGuarded(tx, actor, 'Domain', domainId, action);
      const id = newId('IdentityProvider');
      await namedOnce(input.name, () =>
        tx
          .insertInto('IdentityProvider')
          .values({
            id,
            kind: configured.kind,
            name: input.name,
            domainId: domain.id,
            isEnabled: input.isEnabled ?? true,
            configuration: JSON.stringify(configured.configuration),
            secret: sealSecret(this.#platform.sealing, id, secret ?? ''),
          })
          .execute(),
      );
      await writeMappings(tx, actor, { id, domainId: domain.id }, input.roleMappings);
      mutation.concerns('IdentityProvider', id, null, {
        name: { before: null, after: input.name },
        kind: { before: null, after: configured.kind },
        configuration: { before: null, after: configured.configuration },
        roleMappings: { before: null, after: input.roleMappings },
      });
      return { identityProviderId: id };
    });
  }

  /** @throws PlatformError VALIDATION_FAILED, NOT_FOUND, VERSION_CONFLICT, FORBIDDEN for roles beyond the actor's own */
  update(actor: Actor, input: UpdateIdentityProviderInput): Promise<{ identityProviderId: string }> {
    checkTexts(input);
    const action = 'identityProvider.update';
    return this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const provider = await getForChange(tx, actor, 'IdentityProvider', input.id, action);
      const what = `identity provider ${provider.name}`;
      assertVersion(what, provider, input);
      const configured = configurationFrom(actor, input, provider.kind);
      if (configured !== undefined) assertSecretStays(provider, configured, input);
      const change: RowChange<'IdentityProvider'> = {
        name: input.name ?? provider.name,
        isEnabled: input.isEnabled ?? provider.isEnabled,
        ...(configured && { configuration: JSON.stringify(configured.configuration) }),
        ...(input.secret != null && {
          secret: sealSecret(this.#platform.sealing, provider.id, input.secret),
        }),
      };
      const changed = await namedOnce(change.name ?? '', () =>
        tx
          .updateTable('IdentityProvider')
          .set(change)
          .where('id', '=', provider.id)
          .where('version', '=', provider.version)
          .returning('id')
          .executeTakeFirst(),
      );
      if (changed === undefined) throw versionConflict(what, provider.version, provider.version + 1);
      await writeMappings(tx, actor, provider, input.roleMappings ?? undefined);
      mutation.concerns('IdentityProvider', provider.id, null, {
        ...(change.name !== provider.name && { name: { before: provider.name, after: change.name } }),
        ...(change.isEnabled !== provider.isEnabled && {
          isEnabled: { before: provider.isEnabled, after: change.isEnabled },
        }),
        ...(configured && {
          configuration: { before: provider.configuration, after: configured.configuration },
        }),
        ...(input.secret != null && { secret: { before: '(not shown)', after: '(not shown)' } }),
        ...(input.roleMappings != null && { roleMappings: { after: input.roleMappings } }),
      });
      return { identityProviderId: provider.id };
    });
  }

  /** @throws PlatformError NOT_FOUND, VERSION_CONFLICT, RESOURCE_IN_USE while it vouches for users */
  remove(
    actor: Actor,
    input: { id: Id<'IdentityProvider'> } & ExpectsVersion,
  ): Promise<{ identityProviderId: string }> {
    const action = 'identityProvider.delete';
    return this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const provider = await getForChange(tx, actor, 'IdentityProvider', input.id, action);
      assertVersion(`identity provider ${provider.name}`, provider, input);
      // A first sign-in that is under way holds the row, and is waited for.
      await tx
        .selectFrom('IdentityProvider')
        .select('id')
        .where('id', '=', provider.id)
        .forUpdate()
        .execute();
      const { users } = await tx
        .selectFrom('User')
        .select((row) => row.fn.countAll<bigint>().as('users'))
        .where('identityProviderId', '=', provider.id)
        .executeTakeFirstOrThrow();
      if (users > 0n) {
        throw new PlatformError('RESOURCE_IN_USE', `${provider.name} vouches for ${users} users`, {
          details: { id: provider.id, users: Number(users) },
          remedy: 'delete its users first, or disable it',
        });
      }
      await tx.deleteFrom('IdentityProvider').where('id', '=', provider.id).execute();
      mutation.concerns('IdentityProvider', provider.id, null, {
        name: { before: provider.name, after: null },
      });
      return { identityProviderId: provider.id };
    });
  }

  /**
   * What a domain's sign-in page offers, for everybody. Only who knows the domain's path learns of its providers.
   * @param path of the domain
   */
  async offered(path: string): Promise<SignInProviders> {
    // No domain has such a path, and no database takes it.
    if (path.includes('\0')) return { oidc: [], hasDirectory: false };
    const providers = await this.#platform.db
      .selectFrom('IdentityProvider')
      .innerJoin('Domain', 'Domain.id', 'IdentityProvider.domainId')
      .select(['IdentityProvider.id', 'IdentityProvider.name', 'kind'])
      .where('Domain.path', '=', path)
      .where('Domain.state', '=', 'ACTIVE')
      .where('isEnabled', '=', true)
      .orderBy('IdentityProvider.name')
      .execute();
    return {
      oidc: providers.filter(({ kind }) => kind === 'OIDC'),
      hasDirectory: providers.some(({ kind }) => kind === 'LDAP'),
    };
  }
}

function checkTexts({
  name,
  secret,
}: {
  name?: string | null | undefined;
  secret?: string | null | undefined;
}): void {
  const check = new Check();
  if (name != null) check.name('input.name', name);
  if (secret != null)
    check.that(
      secret.length <= longestSecret,
      'input.secret',
      '(not shown)',
      `must be at most ${longestSecret} characters`,
    );
  check.done();
}

/**
 * A secret is for whom it was given: whoever changes where a provider is must know it, so that nobody has it sent to
 * themselves.
 */
function assertSecretStays(
  provider: Row<'IdentityProvider'>,
  { configuration }: Configured,
  { secret }: { secret?: string | null | undefined },
): void {
  if (provider.secret === null || secret != null) return;
  const placeOf = (facts: ProviderConfiguration) =>
    'issuer' in facts ? facts.issuer : `${facts.url} ${facts.startTls} ${facts.certificateAuthority ?? ''}`;
  if (placeOf(configuration) === placeOf(provider.configuration)) return;
  throw invalid('input.secret', null, 'must be given again when the provider’s address changes');
}

async function namedOnce<Result>(name: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (isUniqueViolation(error, 'IdentityProvider_name_key'))
      throw invalid('input.name', name, 'is the name of another identity provider');
    throw error;
  }
}
