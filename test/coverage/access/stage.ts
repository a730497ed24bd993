import { kinds, type Kind } from './kinds.ts';
import { rowsOf, type AnyRow } from './rows.ts';
import { Tenancy } from './tenancy.ts';
import { startAccessWorld, type AccessWorld } from './world.ts';

/** What every part of the test works on, and where it counts what it tried. */
export interface Stage {
  world: AccessWorld;
  tenancy: Tenancy;
  /** Everything that there is, by kind. Nothing of it changes. */
  rows: ReadonlyMap<Kind, readonly AnyRow[]>;
  tried: { operations: number; things: number; fields: number; subscriptions: number; payloads: number };
}

/** A combination that did not come out as expected. */
export interface Mismatch {
  viewer: string;
  target?: string;
  expected: unknown;
  got: unknown;
}

export async function setStage(): Promise<Stage> {
  const world = await startAccessWorld();
  const rows = new Map<Kind, AnyRow[]>();
  for (const kind of Object.keys(kinds) as Kind[]) rows.set(kind, await rowsOf(world.server.db, kind));
  await world.log.take();
  return {
    world,
    tenancy: new Tenancy(world.accounts),
    rows,
    tried: { operations: 0, things: 0, fields: 0, subscriptions: 0, payloads: 0 },
  };
}

/** The things of a kind, as many as can be asked for at once. */
export function thingsOf({ rows }: Stage, kind: Kind): readonly AnyRow[] {
  return (rows.get(kind) ?? []).slice(0, 500);
}

export function thing({ rows }: Stage, kind: Kind, id: string): AnyRow | undefined {
  return rows.get(kind)?.find((row) => row.id === id);
}
