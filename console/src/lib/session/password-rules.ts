/** Why a password would be refused, as far as can be said without asking. */
export type PasswordFault = 'TOO_SHORT' | 'TOO_PLAIN' | 'HAS_NAME';

/** No server allows shorter ones; one that wants longer ones says so. */
const shortest = 8;
const fewestSigns = 4;
const shortestName = 3;

/** The server's own rules, so that nobody has to send a form to learn them. */
export function passwordFault(password: string, username: string): PasswordFault | undefined {
  if (password.length < shortest) return 'TOO_SHORT';
  if (new Set(password).size < fewestSigns) return 'TOO_PLAIN';
  const hasName = password.toLowerCase().includes(username.toLowerCase());
  return username.length >= shortestName && hasName ? 'HAS_NAME' : undefined;
}
