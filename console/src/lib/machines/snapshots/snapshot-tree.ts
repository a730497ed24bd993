interface Placed {
  id: string;
  parentId: string | null;
}

export interface SnapshotNode<Snapshot> {
  snapshot: Snapshot;
  children: SnapshotNode<Snapshot>[];
}

/** Snapshots as the tree that they are; one whose parent is not among them stands at the root. */
export function snapshotTree<Snapshot extends Placed>(
  snapshots: readonly Snapshot[],
): SnapshotNode<Snapshot>[] {
  const nodes = new Map(
    snapshots.map((snapshot) => [snapshot.id, { snapshot, children: [] as SnapshotNode<Snapshot>[] }]),
  );
  const roots: SnapshotNode<Snapshot>[] = [];
  for (const node of nodes.values()) {
    const parent = node.snapshot.parentId === null ? undefined : nodes.get(node.snapshot.parentId);
    (parent?.children ?? roots).push(node);
  }
  return roots;
}
