import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import type { GraphQLFieldResolver } from 'graphql';
import { demand } from '../identity/access/guarded-loader.ts';
import type { Permission } from '../identity/access/permissions.ts';
import { PlatformError } from '../platform/errors.ts';
import { withAuditedRefusals, type AuditedField } from './audited-refusals.ts';
import type { RequestContext } from './context.ts';

/** What a root field asks of its caller: a permission, only to be signed in, or nothing at all. */
export type FieldPermission = Permission | 'signedIn' | 'public';

const pluginName = 'nephosPermission' as const;

/**
 * Root fields that anyone may call. The list is reviewed: a field that says `public` and does not stand here keeps the
 * server from starting, as does one that says nothing.
 */
export const publicFields: ReadonlySet<string> = new Set([
  // Names of providers, for those who know the domain's path.
  'Query.signInProviders',
  'Query.viewer',
  // Opens nothing without the secret that signIn gave.
  'Mutation.completeSignIn',
  'Mutation.signIn',
  'Mutation.useSetupLink',
]);

declare global {
  // Pothos' own way to give fields options of one's own.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  export namespace PothosSchemaTypes {
    // The parameters must be named as Pothos names them, used or not.
    /* eslint-disable @typescript-eslint/no-unused-vars, @typescript-eslint/no-empty-object-type */
    interface Plugins<Types extends SchemaTypes> {
      [pluginName]: PermissionPlugin<Types>;
    }
    interface RootFieldPermission {
      /** What is asked of the caller; what may be done to a certain thing its guarded loading decides. */
      permission: FieldPermission;
    }
    interface QueryFieldOptions<
      Types,
      Type,
      Nullable,
      Args,
      ResolveReturnShape,
    > extends RootFieldPermission {}
    interface MutationFieldOptions<
      Types,
      Type,
      Nullable,
      Args,
      ResolveReturnShape,
    > extends RootFieldPermission {}
    interface SubscriptionFieldOptions<
      Types,
      Type,
      Nullable,
      Args,
      ResolveShape,
      ResolveReturnShape,
    > extends RootFieldPermission {}
    /* eslint-enable @typescript-eslint/no-unused-vars, @typescript-eslint/no-empty-object-type */
  }
}

type Resolve<Types extends SchemaTypes> = GraphQLFieldResolver<unknown, Types['Context'], object>;
type Resolver = GraphQLFieldResolver<unknown, object, object>;

/** Refuses to build a schema with an unguarded root field, and guards them all. */
export class PermissionPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const permission = permissionOf(field);
    if (permission === undefined) return field;
    const place = `${field.parentType}.${field.name}`;
    if (permission === null) throw new Error(`${place} does not say which permission it asks for`);
    if ((permission === 'public') !== publicFields.has(place)) {
      throw new Error(
        `${place} ${permission === 'public' ? 'is public but' : 'is not public though it'} stands on the list of public fields`,
      );
    }
    return { ...field, extensions: { ...field.extensions, permission } };
  }

  override wrapResolve(resolve: Resolve<Types>, field: PothosOutputFieldConfig<Types>): Resolve<Types> {
    return field.parentType === 'Subscription' ? resolve : guard(resolve, field);
  }

  override wrapSubscribe(
    subscribe: Resolve<Types> | undefined,
    field: PothosOutputFieldConfig<Types>,
  ): Resolve<Types> | undefined {
    return subscribe && guard(subscribe, field);
  }
}

/** `undefined` for fields that are no root fields, `null` for root fields that name no permission. */
function permissionOf(field: { kind: string; pothosOptions: object }): FieldPermission | null | undefined {
  if (!['Query', 'Mutation', 'Subscription'].includes(field.kind)) return undefined;
  return (field.pothosOptions as { permission?: FieldPermission }).permission ?? null;
}

function guard<Types extends SchemaTypes>(
  resolve: Resolve<Types>,
  field: PothosOutputFieldConfig<Types>,
): Resolve<Types> {
  const permission = permissionOf(field);
  if (permission === undefined) return resolve;
  const { name } = field;
  const action =
    permission === null || permission === 'public' || permission === 'signedIn' ? name : permission;
  const audited = { kind: field.parentType as AuditedField['kind'], name, action };
  return withAuditedRefusals(audited, permitting(permission, resolve));
}

function permitting(permission: FieldPermission | null, resolve: Resolver): Resolver {
  if (permission === 'public') return resolve;
  return (parent, args, context, info) => {
    const { viewer } = context as RequestContext;
    if (viewer === null) throw signInFirst();
    if (permission === null) throw new PlatformError('FORBIDDEN', 'this field is not open to anyone');
    if (permission !== 'signedIn') demand(viewer, permission);
    return resolve(parent, args, context, info);
  };
}

SchemaBuilder.registerPlugin(pluginName, PermissionPlugin);

export { pluginName as permissionPlugin };

/** The answer to a caller that nobody knows. */
export function signInFirst(): PlatformError {
  return new PlatformError('UNAUTHENTICATED', 'sign in first', {
    remedy: 'sign in, or send an API key as "Authorization: Bearer …"',
  });
}
