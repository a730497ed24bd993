/** The page of a job. */
export function jobPath(id: string): string {
  return `/jobs/${id}`;
}
