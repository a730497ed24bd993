import { machineNamePattern } from '../machine-state.ts';

/** More at once the server refuses. */
export const mostMachines = 50;

/** How many machines were asked for; undefined when what was typed is no such number. */
export function countOf(typed: string): number | undefined {
  const text = typed.trim();
  const count = text === '' ? 1 : Number(text);
  return /^\d*$/.test(text) && count >= 1 && count <= mostMachines ? count : undefined;
}

/** What the machines will be called: one as it was typed, several with their number. */
export function machineNames(name: string, count: number): string[] {
  return count === 1 ? [name] : Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
}

/** Whether every one of them is a host name. */
export function areNamesRight(name: string, count: number): boolean {
  return machineNames(name, count).every((each) => machineNamePattern.test(each));
}
