/** A page of a list, as the API answers it. */
export interface Connection<Row> {
  nodes: Row[];
  totalCount: number;
  isTotalEstimated: boolean;
  /** Place of the first row in the whole list, from 1, where that is known. */
  startPosition?: number | null;
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

/** A list that the API answers in one piece, as the only page of it. */
export function wholeList<Row>(nodes: Row[]): Connection<Row> {
  return {
    nodes,
    totalCount: nodes.length,
    isTotalEstimated: false,
    startPosition: nodes.length === 0 ? null : 1,
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  };
}

function isConnection(value: unknown): value is Connection<{ id: string }> {
  return typeof value === 'object' && value !== null && 'pageInfo' in value && 'nodes' in value;
}

/** The list in what a query answered. */
export function connectionIn(data: unknown): Connection<{ id: string }> | undefined {
  return Object.values(data ?? {}).find(isConnection);
}
