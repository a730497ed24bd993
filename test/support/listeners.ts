import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { processTree } from './processes.ts';

/** State number of listening sockets in `/proc/net/tcp`, as in Linux's `include/net/tcp_states.h`. */
const listening = '0A';

/** `address:port` that a process and those below it listen on over TCP or TCP6, by their sockets in /proc. */
export function listenersOf(rootPid: number): string[] {
  const inodes = new Set(processTree(rootPid).flatMap(({ pid }) => socketsOf(pid)));
  const lines = ['tcp', 'tcp6'].flatMap((name) =>
    readFileSync(`/proc/net/${name}`, 'utf8').split('\n').slice(1),
  );
  const found = lines.flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [, local = '', , state] = fields;
    return state === listening && inodes.has(fields[9] ?? '') ? [readable(local)] : [];
  });
  return found.sort();
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      return inode === undefined ? [] : [inode];
    });
  } catch {
    // It ended while it was looked at.
    return [];
  }
}

/** @param local as in `/proc/net/tcp`: `0100007F:1F90`, the address in little-endian order */
function readable(local: string): string {
  const [address = '', port = ''] = local.split(':');
  const bytes =
    address.length === 8
      ? address
          .match(/../g)
          ?.reverse()
          .map((byte) => parseInt(byte, 16))
      : undefined;
  return `${bytes?.join('.') ?? address}:${parseInt(port, 16)}`;
}
