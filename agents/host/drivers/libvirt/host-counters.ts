import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { HostCounters } from '@nephos/agent-protocol/statistics.ts';

/** Linux counts processor time in hundredths of a second for whoever reads /proc (USER_HZ). */
const tickMilliseconds = 10n;

/** Processor times from /proc/stat; see proc_stat(5). Time for guests is part of `user`. */
export function processorTimes(text: string): { busy: bigint; total: bigint } {
  const line = /^cpu +(.*)$/m.exec(text)?.[1];
  if (line === undefined) throw new Error('/proc/stat does not tell of processors');
  const [user = 0n, nice = 0n, system = 0n, idle = 0n, iowait = 0n, irq = 0n, softirq = 0n, steal = 0n] = line
    .split(' ')
    .map(BigInt);
  const busy = user + nice + system + irq + softirq;
  const total = busy + idle + iowait + steal;
  return { busy: busy * tickMilliseconds, total: total * tickMilliseconds };
}

/** Memory from /proc/meminfo, which counts in KiB; what the system would give up at once is not used. */
export function memoryOf(text: string): { total: bigint; used: bigint } {
  const read = (name: string) =>
    BigInt(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024n;
  const total = read('MemTotal');
  return { total, used: total - read('MemAvailable') };
}

interface LinkCounters {
  name: string;
  received: bigint;
  sent: bigint;
}

/** Links from /proc/net/dev. */
export function linksOf(text: string): LinkCounters[] {
  return text.split('\n').flatMap((line) => {
    const [, name, values] = /^ *([^ :]+): *(.*)$/.exec(line) ?? [];
    if (name === undefined || values === undefined) return [];
    const counts = values.trim().split(/ +/);
    return [{ name, received: BigInt(counts[0] ?? 0), sent: BigInt(counts[8] ?? 0) }];
  });
}

/** Links that the default route leads over, from /proc/net/route. */
export function defaultLinksOf(text: string): Set<string> {
  const rows = text.split('\n').map((line) => line.split('\t'));
  return new Set(rows.filter(([, destination]) => destination === '00000000').map(([name = '']) => name));
}

async function isHardware(link: string): Promise<boolean> {
  return stat(path.join('/sys/class/net', link, 'device')).then(
    () => true,
    () => false,
  );
}

/** What goes over the host's own network cards; in a container, which has none, over the link to the outside. */
async function networkCounters(): Promise<{ received: bigint; sent: bigint }> {
  const links = linksOf(await readFile('/proc/net/dev', 'utf8'));
  const known = new Set(await readdir('/sys/class/net').catch(() => []));
  const checks = await Promise.all(
    links.map(async ({ name }) => known.has(name) && (await isHardware(name))),
  );
  let outward = links.filter((_, index) => checks[index]);
  if (outward.length === 0) {
    const leading = defaultLinksOf(await readFile('/proc/net/route', 'utf8'));
    outward = links.filter(({ name }) => leading.has(name));
  }
  const sum = (read: (link: LinkCounters) => bigint) =>
    outward.reduce((total, link) => total + read(link), 0n);
  return { received: sum(({ received }) => received), sent: sum(({ sent }) => sent) };
}

/** Counters of this host, as Linux tells. libvirt passes on the same, but not all of it. */
export async function readLinuxCounters(): Promise<HostCounters> {
  const [processors, memory, load, network] = await Promise.all([
    readFile('/proc/stat', 'utf8').then(processorTimes),
    readFile('/proc/meminfo', 'utf8').then(memoryOf),
    readFile('/proc/loadavg', 'utf8'),
    networkCounters(),
  ]);
  return {
    cpuBusyMilliseconds: processors.busy,
    cpuTotalMilliseconds: processors.total,
    memoryTotalBytes: memory.total,
    memoryUsedBytes: memory.used,
    load: Number(load.split(' ')[0]),
    networkRxBytes: network.received,
    networkTxBytes: network.sent,
  };
}
