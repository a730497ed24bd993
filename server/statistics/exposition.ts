import type { NamedSample } from './exposition-store.ts';
import { measures, type Measured, type MeasuredKind } from './measures.ts';

/** How a measure is called there, what it is, and what it is multiplied by: Prometheus counts in base units. */
type Gauge = readonly [name: string, help: string, factor?: number];

const gauges = {
  VirtualMachine: {
    cpuPercent: ['nephos_machine_cpu_ratio', 'Use of all processors of a machine, 0 to 1.', 0.01],
    memoryAssigned: ['nephos_machine_memory_assigned_bytes', 'Memory that the guest has.'],
    memoryUsed: ['nephos_machine_memory_used_bytes', 'Memory that the guest uses, where it says so.'],
    memoryHeld: ['nephos_machine_memory_held_bytes', 'Memory that the host holds for a machine.'],
    diskReadBytes: ['nephos_machine_disk_read_bytes_per_second', 'Read from the disks of a machine.'],
    diskWriteBytes: ['nephos_machine_disk_written_bytes_per_second', 'Written to the disks of a machine.'],
    diskReads: ['nephos_machine_disk_reads_per_second', 'Read requests to the disks of a machine.'],
    diskWrites: ['nephos_machine_disk_writes_per_second', 'Write requests to the disks of a machine.'],
    networkReceivedBytes: ['nephos_machine_network_received_bytes_per_second', 'Received by a machine.'],
    networkSentBytes: ['nephos_machine_network_sent_bytes_per_second', 'Sent by a machine.'],
  },
  Host: {
    cpuPercent: ['nephos_host_cpu_ratio', 'Use of all processors of a host, 0 to 1.', 0.01],
    memoryUsed: ['nephos_host_memory_used_bytes', 'Memory of a host in use, without caches.'],
    memoryTotal: ['nephos_host_memory_bytes', 'All memory of a host.'],
    load: ['nephos_host_load1', 'Processes that run or wait to run, on average over a minute.'],
    networkReceivedBytes: ['nephos_host_network_received_bytes_per_second', 'Received by a host.'],
    networkSentBytes: ['nephos_host_network_sent_bytes_per_second', 'Sent by a host.'],
  },
  StoragePool: {
    used: ['nephos_storage_pool_used_bytes', 'Used space of a storage pool.'],
    total: ['nephos_storage_pool_bytes', 'Size of a storage pool.'],
  },
} satisfies { [Kind in MeasuredKind]: Record<keyof Measured<Kind>, Gauge> };

const escapes: Record<string, string> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' };

function labelsOf({ id, name, zone, account }: NamedSample): string {
  const labels = Object.entries({ id, name, zone, ...(account !== undefined && { account }) });
  return labels
    .map(([label, value]) => `${label}="${value.replaceAll(/[\\"\n]/g, (sign) => escapes[sign] ?? sign)}"`)
    .join();
}

function gaugeOf(kind: MeasuredKind, measure: string): Gauge {
  const gauge = Object.entries<Gauge>(gauges[kind]).find(([name]) => name === measure)?.[1];
  if (gauge === undefined) throw new Error(`there is no gauge of ${measure}`);
  return gauge;
}

/** Lines of one piece of the text. */
const linesAtOnce = 1000;

/** Samples in Prometheus' text format, piece by piece; all of one gauge together, as the format demands. */
export function* exposition(kind: MeasuredKind, samples: readonly NamedSample[]): Generator<string> {
  const labels = samples.map(labelsOf);
  for (const [place, measure] of measures[kind].entries()) {
    const [name, help, factor = 1] = gaugeOf(kind, measure);
    let piece = `# HELP ${name} ${help}\n# TYPE ${name} gauge\n`;
    for (const [index, { values }] of samples.entries()) {
      const value = values[place];
      if (value != null) piece += `${name}{${labels[index] ?? ''}} ${value * factor}\n`;
      if (index % linesAtOnce !== linesAtOnce - 1) continue;
      yield piece;
      piece = '';
    }
    yield piece;
  }
}
