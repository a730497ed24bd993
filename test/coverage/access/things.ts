import { sees, type Kind } from './kinds.ts';
import { thingsOf, type Mismatch, type Stage } from './stage.ts';
import { viewers } from './viewers.ts';

/** Asks for everything of a kind by its ids, one by one in one request, as everyone. */
export async function tryIds(stage: Stage, kind: Kind): Promise<Mismatch[]> {
  const mismatches: Mismatch[] = [];
  const all = thingsOf(stage, kind);
  for (const viewer of viewers) {
    const { data } = await stage.world
      .clientOf(viewer)
      .send('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: all.map(({ id }) => id) });
    const { nodes = [] } = (data ?? {}) as { nodes?: ({ id: string } | null)[] };
    for (const [index, row] of all.entries()) {
      stage.tried.things++;
      const expected = sees(viewer, kind, row, stage.tenancy);
      const got = nodes[index]?.id === row.id;
      if (got !== expected) mismatches.push({ viewer: viewer.name, target: row.id, expected, got });
    }
  }
  return mismatches;
}
