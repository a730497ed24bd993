import type { Duplex, Transform } from 'node:stream';

/** A peer that has heard the end answers with its own, unless it is gone. */
const lingerMs = 5000;

/**
 * Carries bytes both ways. When one end ends, so does the other, after all that was sent to it; one that breaks off
 * breaks off the other. Resolves when both are closed; never rejects.
 * @param gate what the left one says passes through it; its error breaks off both
 */
export async function relay(left: Duplex, right: Duplex, gate?: Transform): Promise<void> {
  await Promise.all([carry(left, right, gate), carry(right, left)]);
}

function carry(from: Duplex, to: Duplex, gate?: Transform): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let linger: NodeJS.Timeout | undefined;
  to.once('finish', () => {
    linger = setTimeout(() => to.destroy(), lingerMs);
  });
  to.once('close', () => clearTimeout(linger));
  const onClose = () => {
    if (!from.readableEnded) to.destroy();
    resolve(undefined);
  };
  from.on('error', () => undefined).once('close', onClose);
  gate?.on('error', () => {
    from.destroy();
    to.destroy();
  });
  if (from.closed) onClose();
  else if (gate === undefined) from.pipe(to);
  else from.pipe(gate).pipe(to);
  return promise;
}
