import { GraphQLError } from 'graphql';
import { isDatabaseUnavailable } from '../platform/database-errors.ts';
import { PlatformError } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import { currentTraceId } from '../platform/trace.ts';

/**
 * What a client is told of an error: our own in full; of GraphQL's what it says of the request; of any other only the
 * trace id, under which the log has the rest.
 */
export function maskError(error: unknown, log: Logger): GraphQLError {
  const traceId = currentTraceId();
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  const place = error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path ?? null } : {};
  if (original instanceof PlatformError) {
    const { code, message, details, remedy } = original;
    return new GraphQLError(message, {
      ...place,
      extensions: { code, ...(details && { details }), ...(remedy && { remedy }), traceId },
    });
  }
  if (original instanceof GraphQLError) {
    const { code = 'VALIDATION_FAILED', details, ...others } = original.extensions;
    return new GraphQLError(original.message, {
      ...place,
      extensions: {
        ...others,
        // GraphQL's own names for what breaks its rules differ from one transport to the next.
        code: typeof code === 'string' && code.startsWith('GRAPHQL_') ? 'VALIDATION_FAILED' : code,
        ...(details !== undefined && { details: { ...fieldOf(error), ...details } }),
        traceId,
      },
    });
  }
  if (isDatabaseUnavailable(original)) {
    log.warn({ err: original }, 'request failed: the database is away');
    return new GraphQLError('the database is not reachable now', {
      ...place,
      extensions: {
        code: 'INTERNAL',
        remedy: 'try again in a moment; use an idempotency key to be safe',
        traceId,
      },
    });
  }
  log.error({ err: original }, 'request failed');
  return new GraphQLError('something went wrong inside Nephos', {
    ...place,
    extensions: { code: 'INTERNAL', remedy: 'look for the trace id in the server log', traceId },
  });
}

/** Where in the variables a value stands that is not of its type; GraphQL says it in the message alone. */
function fieldOf(error: unknown): { path?: string } {
  const text = error instanceof Error ? error.message : '';
  const [, variable, place] =
    /^Variable "\$(\w+)" got invalid value .*?(?: at "([\w.[\]]+)")?; /s.exec(text) ?? [];
  const path = place ?? variable;
  return path === undefined ? {} : { path };
}
