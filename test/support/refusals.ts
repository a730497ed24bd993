import { ApiError, type ApiErrorShape, type ApiClient } from './api-client.ts';

/** What a refused request says, in the words of `extensions`. */
export interface Refusal {
  code: string;
  message: string;
  path?: unknown;
  value?: unknown;
  rule?: unknown;
  traceId?: unknown;
}

export function refusalIn(error: ApiErrorShape | undefined): Refusal {
  if (error === undefined) throw new Error('the request was not refused');
  const { code, details, traceId } = error.extensions as {
    code: string;
    details?: Record<string, unknown>;
    traceId?: unknown;
  };
  return {
    code,
    message: error.message,
    path: details?.path,
    value: details?.value,
    rule: details?.rule,
    traceId,
  };
}

/** Sends a request that must be refused. @throws Error when it is answered */
export async function refusalOf(
  client: ApiClient,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Refusal> {
  try {
    await client.ask(query, variables);
  } catch (error) {
    if (error instanceof ApiError) return refusalIn(error.all[0]);
    throw error;
  }
  throw new Error(`the request was not refused: ${query} ${JSON.stringify(variables)}`);
}
