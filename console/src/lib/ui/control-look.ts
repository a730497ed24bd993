/** How everything looks that one types or chooses in. */
export const controlLook =
  'h-8 w-full min-w-0 rounded-md border border-line-strong/70 bg-surface px-2.5 text-sm text-ink aria-invalid:border-bad disabled:opacity-60';
