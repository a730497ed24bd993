/** Tags as JSON, keys in order, so that the same tags are the same text; `null` for none. */
export function keyValuesText(tags: Readonly<Record<string, string>> | undefined): string | null {
  const entries = Object.entries(tags ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? null : JSON.stringify(Object.fromEntries(entries));
}
