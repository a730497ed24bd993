/** How often something was chosen in the palette, and when last. */
export interface Use {
  /** Id of the command or thing. */
  id: string;
  count: number;
  /** Milliseconds. */
  at: number;
  /** How a thing was called then; pages and actions are called by what they are. */
  label?: string;
}

const mostKept = 40;
const halfLifeMs = 7 * 86_400_000;

/** What was chosen often and lately counts most: a use is worth half after a week. */
export function worth({ count, at }: Use, now: number): number {
  return count * 0.5 ** (Math.max(0, now - at) / halfLifeMs);
}

/** Notes that something was chosen. Of many, those that count least are forgotten. */
export function withUse(uses: readonly Use[], { id, label }: Pick<Use, 'id' | 'label'>, now: number): Use[] {
  const before = uses.find((each) => each.id === id);
  // What it was worth until now, and once more: old habits do not outweigh new ones.
  const count = (before === undefined ? 0 : worth(before, now)) + 1;
  const use: Use = { id, count, at: now, ...(label !== undefined && { label }) };
  return [use, ...uses.filter((each) => each.id !== id)]
    .sort((one, other) => worth(other, now) - worth(one, now))
    .slice(0, mostKept);
}

/** Makes sure of the shape of what was kept. */
export function parseUses(value: unknown): Use[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const isUse = (each: unknown): each is Use => {
    const { id, count, at } = (each ?? {}) as Partial<Use>;
    return typeof id === 'string' && typeof count === 'number' && typeof at === 'number';
  };
  return value.filter(isUse);
}
