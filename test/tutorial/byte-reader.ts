import type { Readable } from 'node:stream';

/** Takes from a stream exactly as many bytes as are asked for. */
export class ByteReader {
  #buffered: Buffer[] = [];
  #bufferedBytes = 0;
  #arrived = Promise.withResolvers<undefined>();
  #failure: Error | undefined;

  /** @param signal ends reading; so does the end of the stream */
  constructor(stream: Readable, signal: AbortSignal) {
    stream.on('data', (chunk: Buffer) => {
      this.#buffered.push(chunk);
      this.#bufferedBytes += chunk.length;
      this.#wake();
    });
    const end = (error: Error) => {
      this.#failure ??= error;
      this.#wake();
    };
    stream.once('error', end);
    stream.once('close', () => end(new Error('the other side hung up')));
    signal.addEventListener('abort', () => end(signal.reason as Error), { once: true });
  }

  async take(count: number): Promise<Buffer> {
    while (this.#bufferedBytes < count) {
      if (this.#failure !== undefined) throw this.#failure;
      await this.#arrived.promise;
    }
    const all = this.#buffered.length === 1 ? this.#buffered[0]! : Buffer.concat(this.#buffered);
    this.#buffered = [all.subarray(count)];
    this.#bufferedBytes -= count;
    return all.subarray(0, count);
  }

  async byte(): Promise<number> {
    return (await this.take(1)).readUInt8();
  }

  async uint16(): Promise<number> {
    return (await this.take(2)).readUInt16BE();
  }

  async int32(): Promise<number> {
    return (await this.take(4)).readInt32BE();
  }

  #wake(): void {
    const { resolve } = this.#arrived;
    this.#arrived = Promise.withResolvers();
    resolve(undefined);
  }
}
