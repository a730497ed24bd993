import type { Readable } from 'node:stream';

/**
 * The next line of a stream, without its end; what follows it stays in the stream.
 * @throws Error when the stream ends before, the line is longer than `limit` bytes, or it takes too long
 */
export async function readLine(
  stream: Readable,
  { limit = 4096, timeoutMs }: { limit?: number; timeoutMs: number },
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let length = 0;
  const onReadable = () => {
    for (let chunk: Buffer | null; (chunk = stream.read() as Buffer | null) !== null;) {
      const end = chunk.indexOf(0x0a);
      const part = end === -1 ? chunk : chunk.subarray(0, end);
      length += part.length;
      if (length > limit) {
        reject(new Error(`a line is longer than ${limit} bytes`));
        return;
      }
      chunks.push(part);
      if (end === -1) continue;
      // Given back before anybody else listens, so that nothing is lost in between.
      if (end + 1 < chunk.length) stream.unshift(chunk.subarray(end + 1));
      resolve(Buffer.concat(chunks).toString());
      return;
    }
  };
  const onEnd = () => reject(new Error('the connection ended in the middle'));
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  stream.on('readable', onReadable).once('end', onEnd).once('close', onEnd).once('error', reject);
  // What was given back by an earlier line makes no event of its own.
  if (stream.closed) onEnd();
  else onReadable();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    stream.off('readable', onReadable).off('end', onEnd).off('close', onEnd).off('error', reject);
  }
}
