import { setTimeout as sleep } from 'node:timers/promises';
import { findIdKind } from '@nephos/model/kernel/ids.ts';
import { getNamedType } from 'graphql';
import { sql } from 'kysely';
import { ApiClient, ApiError } from '../../support/api-client.ts';
import { followEvents } from '../../support/event-stream.ts';
import type { SampleOperation } from '../../support/sample-operation.ts';
import { targetsOf } from './attempts.ts';
import { operations } from './expectations.ts';
import { idSelection, idsWithin } from './id-selection.ts';
import { operationFor } from './inputs.ts';
import { kinds, sees, type Kind } from './kinds.ts';
import { expectedOutcome } from './outcome.ts';
import { thing, thingsOf, type Mismatch, type Stage } from './stage.ts';
import type { Operation } from './surface.ts';
import { viewers, type Viewer } from './viewers.ts';
import type { AnyRow } from './rows.ts';

const transports = ['WebSocket', 'server-sent events'] as const;
type Transport = (typeof transports)[number];

/** One viewer's try to follow something, over one transport. */
interface Attempt {
  viewer: Viewer;
  transport: Transport;
  target: string;
  row: AnyRow | undefined;
  expected: string;
  /** Code of the refusal; absent while it is open. */
  refusal?: string;
  /** Ids that it told of. */
  told: Set<string>;
}

/** How long after the last event that is due one waits for those that are not. */
const quietMs = 300;
const patienceMs = 8_000;

/**
 * Has everyone follow the same, changes everything there is to follow, and sees who is told of what: all that one may
 * see, and nothing else. One for a certain thing is refused to those who may not see it.
 */
export async function trySubscription(stage: Stage, operation: Operation): Promise<Mismatch[]> {
  const ending = new AbortController();
  const attempts = targetsOf(stage, operation.name).flatMap(({ target, name, row }) =>
    viewers.flatMap((viewer) =>
      transports.map((transport): Attempt => {
        stage.tried.subscriptions++;
        const { tenancy, rows } = stage;
        const expected = expectedOutcome(operation.name, viewer, tenancy, target, row);
        const attempt: Attempt = { viewer, transport, target: name, row, expected, told: new Set() };
        const { document, variables } = operationFor(operation, {
          viewer,
          tenancy,
          rows,
          target,
          targetId: row?.id,
        });
        const selection = idSelection(getNamedType(operation.field.type));
        const sample = { document: document.replace('{ __typename }', selection), variables };
        void follow(stage, attempt, sample, ending.signal);
        return attempt;
      }),
    ),
  );
  try {
    await untilSettled(stage, operation, attempts);
    const { writes } = await stage.world.log.take();
    const mismatches = attempts.flatMap((attempt) => mismatchOf(stage, operation, attempt));
    return writes.length === 0
      ? mismatches
      : [...mismatches, { viewer: 'any', expected: 'nothing written', got: writes }];
  } finally {
    ending.abort();
  }
}

async function follow(
  stage: Stage,
  attempt: Attempt,
  sample: SampleOperation,
  signal: AbortSignal,
): Promise<void> {
  const { world } = stage;
  const { document: query, variables } = sample;
  const { viewer, transport, told } = attempt;
  const { url } = world.server;
  const credentials = world.credentialsOf(viewer);
  const client = new ApiClient(url, credentials);
  signal.addEventListener('abort', () => void client.close());
  const events =
    transport === 'WebSocket'
      ? client.follow<unknown>(query, variables)
      : followEvents<unknown>(url, credentials, { query, variables }, signal);
  try {
    for await (const event of events) {
      told.add('something');
      for (const { id } of idsWithin(event)) told.add(id);
    }
  } catch (error) {
    if (signal.aborted) return;
    attempt.refusal = refusalOf(error);
  }
}

function refusalOf(error: unknown): string {
  if (error instanceof ApiError) return error.code;
  // A socket of nobody is closed before anything can be asked.
  const isClosed = typeof error === 'object' && error !== null && 'code' in error && error.code === 4403;
  return isClosed ? 'UNAUTHENTICATED' : String(error);
}

/** Changes things until everybody was told what they should be, or patience ends; then waits for what should not come. */
async function untilSettled(stage: Stage, operation: Operation, attempts: readonly Attempt[]): Promise<void> {
  const isDone = () => attempts.every((attempt) => missingOf(stage, operation, attempt).length === 0);
  const deadline = Date.now() + patienceMs;
  do {
    await sleep(quietMs);
    for (const kind of operations[operation.name]?.follows ?? []) await touch(stage, kind);
    await sleep(quietMs);
  } while (!isDone() && Date.now() < deadline);
  await sleep(quietMs);
}

async function touch({ world }: Stage, kind: Kind): Promise<void> {
  await sql`update ${sql.table(kinds[kind].table)} set "updatedAt" = now()`.execute(world.server.db);
}

/** What an attempt should have come to, and has not yet. */
function missingOf(stage: Stage, { name }: Operation, attempt: Attempt): string[] {
  const { expected, refusal, told, viewer, row } = attempt;
  if (expected !== 'ALLOWED') return refusal === undefined ? ['refusal'] : [];
  if (row !== undefined) return told.size > 0 || operations[name]?.isQuiet ? [] : ['something'];
  return (operations[name]?.follows ?? [])
    .flatMap((kind) => thingsOf(stage, kind).filter((each) => sees(viewer, kind, each, stage.tenancy)))
    .map(({ id }) => id)
    .filter((id) => !told.has(id));
}

function mismatchOf(stage: Stage, operation: Operation, attempt: Attempt): Mismatch[] {
  const { viewer, transport, target, expected, refusal = 'ALLOWED', told } = attempt;
  const place = { viewer: viewer.name, target: `${target} over ${transport}` };
  if (refusal !== expected) return [{ ...place, expected, got: refusal }];
  const missing = missingOf(stage, operation, attempt);
  const leaked = [...told].filter((id) => !mayBeTold(stage, viewer, id));
  return missing.length + leaked.length === 0 ? [] : [{ ...place, expected: { missing }, got: { leaked } }];
}

function mayBeTold(stage: Stage, viewer: Viewer, id: string): boolean {
  const kind = findIdKind(id);
  if (kind === undefined) return true;
  const row = thing(stage, kind, id);
  return row !== undefined && sees(viewer, kind, row, stage.tenancy);
}
