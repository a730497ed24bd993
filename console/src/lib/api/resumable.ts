import type { ExecutionResult, Sink, SubscribePayload } from 'graphql-ws';

/** Variables and result of a subscription that can go on where it was. */
interface Feed {
  changes?: { cursor?: string };
}

/**
 * Makes a subscription to the change feed go on after the last change that came, whenever the socket reconnects: it
 * sends the same payload object again.
 */
export function resumable<Result extends ExecutionResult>(
  payload: SubscribePayload,
  sink: Sink<Result>,
): { payload: SubscribePayload; sink: Sink<Result> } {
  const variables: Record<string, unknown> = { ...payload.variables };
  return {
    payload: { ...payload, variables },
    sink: {
      ...sink,
      next: (result) => {
        const cursor = (result.data as Feed | null | undefined)?.changes?.cursor;
        if (cursor !== undefined) variables['after'] = cursor;
        sink.next(result);
      },
    },
  };
}
