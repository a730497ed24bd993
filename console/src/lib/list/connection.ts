/** A page of a list, as the API answers it. */
export interface Connection<Row> {
  nodes: Row[];
  totalCount: number;
  isTotalEstimated: boolean;
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
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
  };
}
