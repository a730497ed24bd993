/** What is wrong with user data: it is too long, cloud-init would not know what it is, or a line is no YAML. */
export type UserDataProblem = { kind: 'size' } | { kind: 'unknown' } | { kind: 'tab'; line: number };

/** The server takes no more; see `deployVirtualMachine`. */
export const mostUserDataBytes = 32 * 1024;

/**
 * What a first line may say that cloud-init knows.
 * https://docs.cloud-init.io/en/latest/explanation/format.html
 */
const knownBeginnings = [
  /^#!/,
  /^#cloud-config(-archive|-jsonp)?\s*$/,
  /^#include(-once)?\s*$/,
  /^#cloud-boothook\b/,
  /^#part-handler\b/,
  /^## template: ?jinja\s*$/,
  /^(content-type|mime-version):/i,
];

export const userDataBytes = (text: string): number => new TextEncoder().encode(text).length;

/** @returns undefined when the server takes it and cloud-init can read it; empty is nothing */
export function userDataProblem(text: string): UserDataProblem | undefined {
  if (text.trim() === '') return undefined;
  if (userDataBytes(text) > mostUserDataBytes) return { kind: 'size' };
  const lines = text.split(/\r?\n/);
  const first = lines[0] ?? '';
  if (!knownBeginnings.some((beginning) => beginning.test(first))) return { kind: 'unknown' };
  if (!first.startsWith('#cloud-config')) return undefined;
  const tabbed = lines.findIndex((line) => /^ *\t/.test(line));
  return tabbed === -1 ? undefined : { kind: 'tab', line: tabbed + 1 };
}
