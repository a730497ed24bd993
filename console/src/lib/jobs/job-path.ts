/** The list of jobs, with this one in it. */
export function jobPath(id: string): string {
  return `/jobs?q=${encodeURIComponent(id)}`;
}
