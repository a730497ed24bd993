const mutation = `mutation ($input: DeployVirtualMachineInput!) {
  deployVirtualMachine(input: $input) {
    virtualMachine { id name state }
    job { id }
  }
}`;

/** The request as one types it into GraphiQL: the mutation and its variables. */
export function asGraphql(input: object): string {
  return `${mutation}\n\n# variables\n${JSON.stringify({ input }, undefined, 2)}`;
}

/** The request as a command for a shell; the API key is to be put into a variable first. */
export function asCurl(input: object, origin: string): string {
  const body = JSON.stringify(
    { query: mutation.replaceAll(/\s+/g, ' '), variables: { input } },
    undefined,
    2,
  );
  return [
    `curl ${origin}/graphql \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -H "Authorization: Bearer $NEPHOS_TOKEN" \\`,
    `  -d ${shellQuoted(body)}`,
  ].join('\n');
}

/** Text as one word of a POSIX shell. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
