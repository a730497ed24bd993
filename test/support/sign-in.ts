import { ApiClient, ApiError } from './api-client.ts';

/** What a browser gets: a client with the cookie of a new session. @throws ApiError when sign-in is refused */
export async function openSession(url: string, username: string, password: string): Promise<ApiClient> {
  return begin(url, 'mutation ($input: SignInInput!) { begin: signIn(input: $input) { __typename } }', {
    username,
    password,
  });
}

/** Sets a password by a one-time link, which signs in. @throws ApiError for a link that is void */
export async function followSetupLink(url: string, token: string, password: string): Promise<ApiClient> {
  return begin(
    url,
    'mutation ($input: UseSetupLinkInput!) { begin: useSetupLink(input: $input) { __typename } }',
    { token, password },
  );
}

async function begin(url: string, query: string, input: Record<string, string>): Promise<ApiClient> {
  const { headers, errors } = await new ApiClient(url).send(query, { input });
  if (errors !== undefined) throw new ApiError(errors);
  return new ApiClient(url, { cookie: (headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
}
