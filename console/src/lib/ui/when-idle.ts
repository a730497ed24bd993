/** Does something when there is nothing else to do, or after half a second. @returns what calls it off */
export function whenIdle(action: () => void): () => void {
  // Safari does not tell when it is idle.
  if (!('requestIdleCallback' in globalThis)) {
    const timer = setTimeout(action, 100);
    return () => clearTimeout(timer);
  }
  const waiting = requestIdleCallback(action, { timeout: 500 });
  return () => cancelIdleCallback(waiting);
}
