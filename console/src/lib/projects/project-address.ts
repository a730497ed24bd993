/** Pages whose lists show what belongs to the chosen project. */
const scopedPaths: ReadonlySet<string> = new Set([
  '/virtual-machines',
  '/images',
  '/jobs',
  '/statements',
  '/usage',
]);

/**
 * Names the chosen project in the address of a list that says more already (a text, a filter, an order, a place), so
 * that whoever it is sent to sees the same. A bare address leads everybody into what they work in themselves.
 */
export function nameProject(url: URL, projectId: string | null): void {
  url.searchParams.delete('project');
  const saysMore = [...url.searchParams.keys()].some((name) => name !== 'tab');
  if (projectId !== null && saysMore && scopedPaths.has(url.pathname))
    url.searchParams.set('project', projectId);
}
