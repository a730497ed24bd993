import { existsSync, readdirSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Libvirt } from '../../agents/node-libvirt/connection.ts';
import { getCapabilities } from '../../agents/node-libvirt/node.ts';
import type { LibvirtAddress } from './libvirt-daemon.ts';

/**
 * Getting the daemon to find out what its QEMUs can do. It starts each of them several times for that, and keeps
 * what it finds in its cache.
 */

/** A probe that works takes less than half a second; longer than this it hangs. */
const stuckAfterMs = 3000;

/**
 * Has every QEMU probed now, and not when the first machine is defined. With a filled cache this takes milliseconds,
 * else a second or two. `qemuFolder` is where the daemon keeps its sockets to QEMU.
 */
export async function probeQemu(address: LibvirtAddress, qemuFolder: string): Promise<void> {
  await using libvirt = await Libvirt.open(address);
  const watch = setInterval(() => releaseStuckProbes(qemuFolder, stuckAfterMs), 500);
  try {
    await getCapabilities(libvirt);
  } finally {
    clearInterval(watch);
  }
}

/**
 * Frees QEMUs that have been probed for so long that they must hang. QEMU 7.2 accepts monitor connections in one
 * thread just when another takes over from it; if libvirt connects at that moment both try, and the second waits for
 * a further connection, forever and with libvirt. So give it one: QEMU drops it and goes on with the first. (Seen
 * about once in 500 probes on a busy machine.)
 */
export function releaseStuckProbes(qemuFolder: string, stuckMs: number): void {
  if (!existsSync(qemuFolder)) return;
  for (const name of readdirSync(qemuFolder).filter((entry) => entry.startsWith('qmp-'))) {
    const folder = path.join(qemuFolder, name);
    const started = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - started < stuckMs) continue;
    const socket = net.connect(path.join(folder, 'qmp.monitor'), () => socket.destroy());
    // The probe has ended meanwhile, or is not that far yet.
    socket.on('error', () => undefined);
  }
}
