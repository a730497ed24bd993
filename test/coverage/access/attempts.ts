import { operations, type Target } from './expectations.ts';
import { operationFor } from './inputs.ts';
import { attempt, expectedOutcome, variantsOf, type Attempt } from './outcome.ts';
import type { AnyRow } from './rows.ts';
import { thingsOf, type Mismatch, type Stage } from './stage.ts';
import type { Operation } from './surface.ts';
import { viewers, type Viewer } from './viewers.ts';

/** Something of somebody's that an operation can name. */
export interface NamedTarget {
  name: string;
  target: Target | undefined;
  row: AnyRow | undefined;
}

/**
 * Tries an operation as everyone, on everything that its input can name of somebody else's.
 * @returns also what was wrong with the input, if nobody came to the end of it
 */
export async function tryOperation(
  stage: Stage,
  operation: Operation,
): Promise<{ mismatches: Mismatch[]; stumbles: string[] | undefined }> {
  const mismatches: Mismatch[] = [];
  const stumbles = new Set<string>();
  let isEverDone = false;
  for (const named of targetsOf(stage, operation.name)) {
    let isCompared = false;
    for (const viewer of viewers) {
      stage.tried.operations++;
      const expected = expectedOutcome(operation.name, viewer, stage.tenancy, named.target, named.row);
      const tried = await tryAs(stage, operation, viewer, named);
      const got = whatIsWrong(operation, expected, tried);
      if (got !== undefined) mismatches.push({ viewer: viewer.name, target: named.name, expected, got });
      if (expected === 'NOT_FOUND' && !isCompared) {
        isCompared = true;
        const telling = await whatTellsApart(stage, operation, viewer, named, tried.message);
        if (telling !== undefined) mismatches.push({ viewer: viewer.name, target: named.name, ...telling });
      }
      isEverDone ||= tried.isDone;
      if (expected === 'ALLOWED') stumbles.add(tried.message);
    }
  }
  return { mismatches, stumbles: isEverDone ? undefined : [...stumbles] };
}

async function tryAs(
  stage: Stage,
  operation: Operation,
  viewer: Viewer,
  { target, row }: Pick<NamedTarget, 'target'> & { row: { id: string } | undefined },
): Promise<Attempt> {
  const { world, tenancy, rows } = stage;
  const sample = operationFor(operation, { viewer, tenancy, rows, target, targetId: row?.id });
  return attempt(world.clientOf(viewer), world.log, sample);
}

/** What an attempt came to, unless that is what was expected; a refusal writes nothing and gives nothing. */
function whatIsWrong(operation: Operation, expected: string, tried: Attempt): string | undefined {
  const { outcome, data, writes, message } = tried;
  const got = outcome === 'ALLOWED' && isNothing(operation, data) ? 'NOT_FOUND' : outcome;
  // Some refusals that are not for who asks are counted: a wrong password.
  const mayWrite = expected === 'ALLOWED' && operation.kind === 'mutation';
  const given = expected === 'ALLOWED' ? null : (data?.[operation.field.name] ?? null);
  if (got === expected && (writes.length === 0 || mayWrite) && given === null) return undefined;
  return [got, message, ...writes, ...(given === null ? [] : [JSON.stringify(given)])].join(', ');
}

/** A question for one thing says so by null that there is none. */
function isNothing({ kind, field, name }: Operation, data: Attempt['data']): boolean {
  return kind === 'query' && operations[name]?.targets !== undefined && data?.[field.name] === null;
}

/** What may not be seen is answered like what does not exist. */
async function whatTellsApart(
  stage: Stage,
  operation: Operation,
  viewer: Viewer,
  { target, row }: NamedTarget,
  message: string,
): Promise<{ expected: string; got: string } | undefined> {
  const id = row?.id ?? '';
  const unknownId = id.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  const unknown = await tryAs(stage, operation, viewer, { target, row: { id: unknownId } });
  const expected = unknown.message.replaceAll(unknownId, id);
  return message === expected ? undefined : { expected, got: message };
}

/** Whose things an operation is tried on; once without, when it names none. */
export function targetsOf(stage: Stage, name: string): NamedTarget[] {
  const { targets = [] } = operations[name]!;
  if (targets.length === 0) return [{ name: '', target: undefined, row: undefined }];
  return targets.flatMap((target) =>
    variantsOf(target.kind, thingsOf(stage, target.kind), stage.tenancy).map(({ name: whose, row }) => ({
      name: `${whose} ${target.kind} at ${target.at}`,
      target,
      row,
    })),
  );
}
