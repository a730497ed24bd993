import { getNamedType, isLeafType } from 'graphql';
import { targetsOf } from './attempts.ts';
import { idSelection, idsWithin } from './id-selection.ts';
import { operationFor } from './inputs.ts';
import { sees } from './kinds.ts';
import { attempt, expectedOutcome } from './outcome.ts';
import { thing, type Mismatch, type Stage } from './stage.ts';
import type { Operation } from './surface.ts';
import { viewers } from './viewers.ts';

/** Who carries a mutation out: the first of these who may. */
const actors = ['member', 'adminAbove', 'owner', 'rootAdmin'].map((name) =>
  viewers.find((viewer) => viewer.name === name)!,
);

/** Mutations that take something away, from whoever comes later too. */
const destructive = /^(delete|destroy|expunge|disable|lock|suspend|end|reset|remove|revoke|stop)/;

/** In an order in which the later still find what they need. */
export function inOrder(mutations: readonly Operation[]): Operation[] {
  const isLate = ({ field }: Operation) => destructive.test(field.name);
  return [...mutations.filter((each) => !isLate(each)), ...mutations.filter(isLate)];
}

/** Carries a mutation out in earnest, once: all that its payload gives is what its caller may see. */
export async function tryPayload(stage: Stage, operation: Operation): Promise<Mismatch[]> {
  const { world, tenancy, rows } = stage;
  const type = getNamedType(operation.field.type);
  for (const viewer of actors) {
    for (const { name, target, row } of targetsOf(stage, operation.name)) {
      if (expectedOutcome(operation.name, viewer, tenancy, target, row) !== 'ALLOWED') continue;
      const sample = operationFor(operation, { viewer, tenancy, rows, target, targetId: row?.id });
      const selection = isLeafType(type) ? '' : idSelection(type);
      const document = sample.document.replace('{ __typename }', selection);
      const { data, isDone } = await attempt(world.clientOf(viewer), world.log, { ...sample, document });
      if (!isDone) continue;
      stage.tried.payloads++;
      const mismatches: Mismatch[] = [];
      for (const { kind, id } of idsWithin(data)) {
        // What it made itself was not there before, and is its caller's.
        const given = thing(stage, kind, id);
        if (given !== undefined && !sees(viewer, kind, given, tenancy))
          mismatches.push({ viewer: viewer.name, target: name, expected: 'not given', got: id });
      }
      return mismatches;
    }
  }
  return [];
}
