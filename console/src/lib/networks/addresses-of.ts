interface Range {
  used: number;
  total: number;
  network: { id: string };
}

/** How many addresses a network has in all of its ranges, and how many are taken. */
export function addressesOf(ranges: readonly Range[], networkId: string): { used: number; total: number } {
  const own = ranges.filter(({ network }) => network.id === networkId);
  return {
    used: own.reduce((sum, { used }) => sum + used, 0),
    total: own.reduce((sum, { total }) => sum + total, 0),
  };
}
