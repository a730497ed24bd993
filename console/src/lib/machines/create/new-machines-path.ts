/** Where new machines are seen: the page of one, or the list of several, by the name that they share. */
export function newMachinesPath(machines: readonly { id: string }[], name: string): string {
  const [first] = machines;
  if (first === undefined) return '/virtual-machines';
  return machines.length === 1
    ? `/virtual-machines/${first.id}`
    : `/virtual-machines?q=${encodeURIComponent(`${name}-`)}`;
}
