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
