import type { ApiClient, ApiErrorShape } from '../../support/api-client.ts';
import type { SampleOperation } from '../../support/sample-operation.ts';
import { changes, sees, type Kind } from './kinds.ts';
import { keyOperations, operations, type Target } from './expectations.ts';
import type { Tenancy } from './tenancy.ts';
import { isAllowed, type Viewer } from './viewers.ts';
import type { AnyRow } from './rows.ts';
import type { WriteLog } from './write-log.ts';

/** What an attempt is expected to come to. `ALLOWED`: it is carried out, or refused for a reason that is not who asks. */
export type Outcome = 'ALLOWED' | 'UNAUTHENTICATED' | 'FORBIDDEN' | 'NOT_FOUND';

/** Whether a thing is the viewer's own. */
export function isMine(viewer: Viewer, row: AnyRow, tenancy: Tenancy): boolean {
  const own = tenancy.accountOf(viewer);
  return row.userId === undefined ? own?.accountId === row.accountId : own?.userId === row.userId;
}

/** The rule: first who asks, then whether they see the thing, then whether they may change it. */
export function expectedOutcome(
  name: string,
  viewer: Viewer,
  tenancy: Tenancy,
  target?: Target,
  row?: AnyRow,
): Outcome {
  const { may, isOnlyMine } = operations[name]!;
  if (may !== 'public' && viewer.rank === 'none') return 'UNAUTHENTICATED';
  if (!isAllowed(viewer, may, keyOperations.has(name))) return 'FORBIDDEN';
  if (target === undefined || row === undefined) return 'ALLOWED';
  if (!sees(viewer, target.kind, row, tenancy)) return 'NOT_FOUND';
  if (isOnlyMine && !isMine(viewer, row, tenancy)) return 'FORBIDDEN';
  return isDoable(target, viewer, row, tenancy) ? 'ALLOWED' : 'FORBIDDEN';
}

function isDoable({ kind, how }: Target, viewer: Viewer, row: AnyRow, tenancy: Tenancy): boolean {
  if (how === 'use') return true;
  if (how === 'grant') return viewer.rank === 'root' || row.accountType !== 'ROOT_ADMIN';
  if (how === 'rule' && viewer.rank !== 'root' && isChief(row, tenancy)) return false;
  if (how === 'limit' && viewer.rank !== 'root' && tenancy.accountOf(viewer)?.domainId === row.id)
    return false;
  return changes(viewer, kind, row, tenancy);
}

export interface Attempt {
  /** Where it is what was expected: an {@link Outcome}. */
  outcome: string;
  data: Record<string, unknown> | null;
  /** Rows that it wrote. */
  writes: string[];
  /** Whether it is a mutation that came to its end, before it was taken back. */
  isDone: boolean;
  /** For whoever reads why a test failed. */
  message: string;
}

/** Codes that say who asks was the reason. */
const refusals = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND']);

/** Sends an operation and says what came of it. */
export async function attempt(
  client: ApiClient,
  log: WriteLog,
  operation: SampleOperation,
): Promise<Attempt> {
  const { data, errors } = await client.send(operation.document, operation.variables);
  const { writes, isRehearsed } = await log.take();
  const [error] = errors ?? [];
  const outcome = outcomeOf(error, isRehearsed);
  const message = isRehearsed || error === undefined ? '' : `${error.extensions.code}: ${error.message}`;
  return {
    outcome,
    data: data as Attempt['data'],
    writes,
    isDone: isRehearsed || error === undefined,
    message,
  };
}

function outcomeOf(error: ApiErrorShape | undefined, isRehearsed: boolean): string {
  if (error === undefined) return 'ALLOWED';
  const { code } = error.extensions;
  if (code === 'UNAUTHENTICATED') return error.message === 'sign in first' ? code : 'ALLOWED';
  if (refusals.has(code)) return code;
  if (code === 'INTERNAL') return isRehearsed ? 'ALLOWED' : `INTERNAL: ${error.message}`;
  // Nothing is shown by these, but who is let through must not stumble over them.
  return code === 'RATE_LIMITED' || code === 'QUERY_TOO_COMPLEX' ? code : 'ALLOWED';
}

const identities: ReadonlySet<Kind> = new Set(['Account', 'User', 'UserSession', 'ApiKey']);

function isChief(row: AnyRow, tenancy: Tenancy): boolean {
  return [row.id, row.userId].some((id) => tenancy.holderOf(id) === 'chief');
}

/** The things of one kind that are got at: the owner's, the project's, what is shared, or what there is. */
export function variantsOf(
  kind: Kind,
  rows: readonly AnyRow[],
  tenancy: Tenancy,
): { name: string; row: AnyRow }[] {
  const heldBy = (row: AnyRow) =>
    tenancy.holderOf(row.accountId) ?? tenancy.holderOf(row.userId) ?? tenancy.holderOf(row.id);
  const of = (holder: string) => rows.find((row) => heldBy(row) === holder);
  const variants = [
    { name: 'owner’s', row: of('owner') },
    { name: 'project’s', row: of('project') },
    { name: 'public', row: rows.find(({ isPublic }) => isPublic === true) },
    ...(kind === 'Template' ? [{ name: 'granted', row: of('sibling') }] : []),
    ...(identities.has(kind) ? [{ name: 'chief’s', row: of('chief') }] : []),
  ].filter((variant): variant is { name: string; row: AnyRow } => variant.row !== undefined);
  if (variants.length > 0) return variants;
  if (rows.length === 0) throw new Error(`there is no ${kind} to get at`);
  const few = rows.length <= 5 ? rows : [rows[0]!, rows.at(-1)!];
  return few.map((row) => ({ name: row.id, row }));
}
