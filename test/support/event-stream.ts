import { ApiError, type ApiErrorShape } from './api-client.ts';

/**
 * Results of a subscription over server-sent events (GraphQL over SSE, distinct connections).
 * @param credentials value of the authorization header, or the headers that say who asks
 * @throws ApiError when it is refused
 */
export async function* followEvents<Data>(
  url: string,
  credentials: string | Record<string, string>,
  operation: { query: string; variables?: Record<string, unknown> },
  signal?: AbortSignal,
): AsyncGenerator<Data, void, undefined> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(typeof credentials === 'string' ? { authorization: credentials } : credentials),
    },
    body: JSON.stringify(operation),
    ...(signal && { signal }),
  });
  if (!response.ok || response.body === null) throw new Error(`the stream was refused: ${response.status}`);
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = text.slice(0, end);
      text = text.slice(end + 2);
      if (event.includes('event: complete')) return;
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data === undefined || data === '') continue;
      const result = JSON.parse(data) as { data?: Data | null; errors?: ApiErrorShape[] };
      if (result.errors !== undefined) throw new ApiError(result.errors);
      if (result.data != null) yield result.data;
    }
  }
}
