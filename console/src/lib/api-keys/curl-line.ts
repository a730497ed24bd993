/** A command for a shell that asks who one is, with an API key. */
export function curlFor(token: string, origin: string): string {
  return [
    `curl ${origin}/graphql \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -H 'Authorization: Bearer ${token}' \\`,
    `  -d '{"query": "{ viewer { username permissions } }"}'`,
  ].join('\n');
}
