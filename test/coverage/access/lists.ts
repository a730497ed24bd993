import { operations } from './expectations.ts';
import { sees } from './kinds.ts';
import { attempt, expectedOutcome, isMine } from './outcome.ts';
import { thingsOf, type Mismatch, type Stage } from './stage.ts';
import type { Operation } from './surface.ts';
import { viewers, type Viewer } from './viewers.ts';
import type { AnyRow } from './rows.ts';

/** Asks for a list as everyone: it holds what the viewer may see, all of it, and does not count the rest. */
export async function tryList(stage: Stage, operation: Operation): Promise<Mismatch[]> {
  const mismatches: Mismatch[] = [];
  for (const viewer of viewers) {
    const mismatch = await tryAs(stage, operation, viewer);
    if (mismatch) mismatches.push({ viewer: viewer.name, ...mismatch });
  }
  return mismatches;
}

async function tryAs(
  stage: Stage,
  { name, field }: Operation,
  viewer: Viewer,
): Promise<Omit<Mismatch, 'viewer'> | undefined> {
  const { world, tenancy } = stage;
  stage.tried.operations++;
  const document = String(field.type).includes('Connection')
    ? `{ ${field.name}(first: 500) { totalCount nodes { id } } }`
    : `{ ${field.name} { id } }`;
  const { outcome, data, writes } = await attempt(world.clientOf(viewer), world.log, {
    document,
    variables: {},
  });
  const expected = expectedOutcome(name, viewer, tenancy);
  if (outcome !== expected || writes.length > 0) return { expected, got: [outcome, ...writes] };
  if (outcome !== 'ALLOWED') return undefined;
  const answer = data?.[field.name] as { totalCount: number; nodes: AnyRow[] } | AnyRow[];
  const nodes = Array.isArray(answer) ? answer : answer.nodes;
  const total = Array.isArray(answer) ? nodes.length : answer.totalCount;
  if (total !== nodes.length) return { expected: `${nodes.length} in all`, got: `${total} in all` };
  const expectedIds = idsToSee(stage, name, viewer);
  const known = new Set(thingsOf(stage, operations[name]!.lists!).map(({ id }) => id));
  // What the test itself adds to the audit log is not known beforehand.
  const ids = nodes
    .map(({ id }) => id)
    .filter((id) => known.has(id) || operations[name]?.lists !== 'AuditEvent');
  return ids.sort().join() === expectedIds.join() ? undefined : { expected: expectedIds, got: ids };
}

function idsToSee(stage: Stage, name: string, viewer: Viewer): string[] {
  const { lists: kind, isOnlyMine } = operations[name]!;
  return thingsOf(stage, kind!)
    .filter((row) => sees(viewer, kind!, row, stage.tenancy))
    .filter((row) => !isOnlyMine || isMine(viewer, row, stage.tenancy))
    .map(({ id }) => id)
    .sort();
}
