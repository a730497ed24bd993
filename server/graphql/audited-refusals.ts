import type { GraphQLFieldResolver } from 'graphql';
import { findIdKind } from '@nephos/model/kernel/ids.ts';
import { takeNotedRefusal } from '../platform/audit.ts';
import { PlatformError, type ErrorCode } from '../platform/errors.ts';
import type { RequestContext } from './context.ts';

/** A root field, as the audit log calls it. */
export interface AuditedField {
  kind: 'Query' | 'Mutation' | 'Subscription';
  name: string;
  /** Its permission, or its name where it asks for none. */
  action: string;
}

/** Where nothing is changed, a refusal says something only when it is one of these. */
const toldOfQueries: ReadonlySet<ErrorCode> = new Set(['FORBIDDEN', 'RATE_LIMITED']);

/** Facts of an error that the event repeats. Values that were given are not among them: they may be secrets. */
const toldFacts = ['path', 'rule', 'permission', 'limit', 'resource', 'maximum', 'used', 'state', 'kind'];

type Resolve = GraphQLFieldResolver<unknown, object, object>;

/** Has every refusal of a root field written to the audit log, before the client is told of it. */
export function withAuditedRefusals(field: AuditedField, resolve: Resolve): Resolve {
  return (parent, args, context, info) => {
    const refuse = async (error: unknown): Promise<never> => {
      if (error instanceof PlatformError) await record(field, error, args, context as RequestContext);
      throw error;
    };
    try {
      const result: unknown = resolve(parent, args, context, info);
      return result instanceof Promise ? result.catch(refuse) : result;
    } catch (error) {
      return refuse(error);
    }
  };
}

async function record(
  field: AuditedField,
  error: PlatformError,
  args: object,
  { platform, viewer, client }: RequestContext,
): Promise<void> {
  const { code, details = {} } = error;
  if (field.kind !== 'Mutation' && !toldOfQueries.has(code)) return;
  if (takeNotedRefusal(code)) return;
  const target = targetIn('input' in args ? args.input : args);
  await platform.refusals.record({
    action: field.action,
    outcome: code,
    actor: viewer,
    actorName: 'anonymous',
    clientAddress: client.address,
    ...(viewer === null && { accountId: null }),
    ...(target && { target }),
    details: {
      field: `${field.kind}.${field.name}`,
      ...Object.fromEntries(toldFacts.filter((fact) => fact in details).map((fact) => [fact, details[fact]])),
    },
  });
}

/** What a request is about: its `id`, or else the first id in it. */
function targetIn(input: unknown): { kind: string; id: string } | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const values = Object.values(input) as unknown[];
  for (const value of ['id' in input ? input.id : undefined, ...values]) {
    const kind = typeof value === 'string' ? findIdKind(value) : undefined;
    if (kind !== undefined) return { kind, id: value as string };
  }
  return undefined;
}
