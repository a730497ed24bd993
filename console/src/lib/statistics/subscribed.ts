import type { AnyVariables, DocumentInput } from '@urql/core';
import { pipe, subscribe } from 'wonka';
import { api } from '../api/connection.svelte.ts';
import { problemOf, type Problem } from '../api/problem.ts';

/** How often figures come while somebody looks at them. */
export const intervalSeconds = 2;

/** Points that a subscription brings. @returns a function that ends it */
export function subscribed<Data, Variables extends AnyVariables, Point>(
  document: DocumentInput<Data, Variables>,
  variables: Variables,
  pointOf: (data: Data) => Point | null,
  onPoint: (point: Point) => void,
  onProblem: (problem: Problem) => void,
): () => void {
  const { unsubscribe } = pipe(
    api.client.subscription(document, variables),
    subscribe(({ data, error }) => {
      if (error !== undefined) onProblem(problemOf(error));
      const point = data == null ? null : pointOf(data);
      if (point !== null) onPoint(point);
    }),
  );
  return unsubscribe;
}
