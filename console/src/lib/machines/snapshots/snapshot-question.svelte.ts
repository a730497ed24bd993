import type { Snapshot, SnapshotAction } from './snapshot-queries.ts';

/** What a dialog asks about a snapshot now. */
export class SnapshotQuestion {
  asked = $state.raw<{ action: SnapshotAction; snapshot: Snapshot }>();

  ask(action: SnapshotAction, snapshot: Snapshot): void {
    this.asked = { action, snapshot };
  }

  close = (): void => {
    this.asked = undefined;
  };
}
