import { parts } from './expectations.ts';
import { sees } from './kinds.ts';
import { idsIn, type OwnedField, type Way } from './owned-fields.ts';
import { thing, thingsOf, type Mismatch, type Stage } from './stage.ts';
import { viewers, type Viewer } from './viewers.ts';
import type { AnyRow } from './rows.ts';

const root = viewers.find(({ rank }) => rank === 'root')!;

/**
 * Reads a field of everything that has it, as everyone. What is there is what the root administrator is given; of that
 * everybody is given what they may see.
 * @returns also how much there was to be given
 */
export async function tryField(
  stage: Stage,
  field: OwnedField,
): Promise<{ mismatches: Mismatch[]; given: number }> {
  const mismatches: Mismatch[] = [];
  let given = 0;
  for (const way of field.ways) {
    const parents = thingsOf(stage, way.parent);
    const everything = await childrenOf(stage, field, way, parents, root);
    given += everything.flat().length;
    for (const viewer of viewers) {
      stage.tried.fields++;
      const found = await childrenOf(stage, field, way, parents, viewer);
      for (const [index, parent] of parents.entries()) {
        const isParentSeen = sees(viewer, way.parent, parent, stage.tenancy);
        const expected = (everything[index] ?? []).filter(
          (id) => isParentSeen && isGiven(stage, field, viewer, id),
        );
        const got = found[index] ?? [];
        if (got.join() !== expected.join())
          mismatches.push({ viewer: viewer.name, target: parent.id, expected, got });
      }
    }
  }
  return { mismatches, given };
}

function isGiven(stage: Stage, { name, child }: OwnedField, viewer: Viewer, id: string): boolean {
  if (parts.has(name)) return true;
  const row = thing(stage, child, id);
  return row !== undefined && sees(viewer, child, row, stage.tenancy);
}

/** Ids of what a field gives to a viewer, for each of many things. */
async function childrenOf(
  { world }: Stage,
  { child }: OwnedField,
  { parent, selection }: Way,
  parents: readonly AnyRow[],
  viewer: Viewer,
): Promise<string[][]> {
  const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on ${parent} { ${selection} } } }`;
  const { data, errors = [] } = await world
    .clientOf(viewer)
    .send(query, { ids: parents.map(({ id }) => id) });
  for (const { extensions, message } of errors) {
    if (!['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'].includes(extensions.code)) throw new Error(message);
  }
  const { nodes = [] } = (data ?? {}) as { nodes?: unknown[] };
  return parents.map((_, index) => idsIn(nodes[index], child));
}
