import { totalmem } from 'node:os';

const mib = 1024 * 1024;

/**
 * What an embedded PostgreSQL is set to that keeps a cloud's data. A 32nd of the machine's memory is its own cache, from 128 MiB to
 * 1 GiB: it takes them when it needs them, and finds in the kernel's what does not fit.
 *
 * @param memoryBytes of the machine
 */
export function productSettings(memoryBytes = totalmem()): Record<string, string> {
  const cacheMib = Math.min(1024, Math.max(128, Math.floor(memoryBytes / 32 / mib)));
  return { shared_buffers: `${cacheMib}MB`, max_wal_size: '2GB' };
}
