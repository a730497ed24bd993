import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Acceleration {
  kind: 'kvm' | 'tcg';
  /** How it was found out, for people. */
  reason: string;
}

const qemu = '/usr/bin/qemu-system-x86_64';
const device = '/dev/kvm';
const probeMs = 4000;

/** `mov al, 0x2a; out 0xf4, al; hlt`: a guest that only tells the debug port 0x2a, and QEMU ends with 2 × 0x2a + 1. */
const bootSector = Buffer.from([0xb0, 0x2a, 0xe6, 0xf4, 0xf4]);
const exitStatus = 2 * 0x2a + 1;

/** Boots a sector that ends QEMU at once. A device file is no proof: on some machines such a guest never runs. */
async function bootsWithKvm(): Promise<boolean> {
  const folder = await mkdtemp(path.join(tmpdir(), 'nephos-kvm-'));
  const image = path.join(folder, 'boot.img');
  const sector = Buffer.alloc(1_474_560);
  bootSector.copy(sector);
  sector.writeUInt16LE(0xaa55, 510);
  await writeFile(image, sector);
  const child = spawn(
    qemu,
    [
      ...[
        '-accel',
        'kvm',
        '-cpu',
        'host',
        '-machine',
        'pc',
        '-m',
        '16',
        '-nodefaults',
        '-display',
        'none',
        '-no-reboot',
      ],
      ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=0x01'],
      ...['-drive', `file=${image},format=raw,if=floppy`],
    ],
    { stdio: 'ignore' },
  );
  let timer: NodeJS.Timeout | undefined;
  const status = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', resolve);
    // One that hangs in the kernel may not even die of this; it is not waited for.
    timer = setTimeout(() => {
      child.kill('SIGKILL');
      child.unref();
      resolve(null);
    }, probeMs);
  });
  clearTimeout(timer);
  await rm(folder, { recursive: true, force: true });
  return status === exitStatus;
}

/** What a result holds for: this boot of this kernel, with this QEMU. */
function circumstances(): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const { mtimeMs, size } = statSync(qemu);
  return `${boot} ${mtimeMs} ${size}`;
}

/**
 * Whether the processor can run guests. Found out by running one, once for each boot of the host.
 * @param wanted `kvm` or `qemu` decide, `auto` probes
 * @param folder where the result is kept
 */
export async function findAcceleration(
  wanted: 'auto' | 'kvm' | 'qemu',
  folder: string,
): Promise<Acceleration> {
  if (wanted === 'kvm') return { kind: 'kvm', reason: 'NEPHOS_VIRT_TYPE asks for it' };
  if (wanted === 'qemu') return { kind: 'tcg', reason: 'NEPHOS_VIRT_TYPE asks for it' };
  if (!existsSync(device)) return { kind: 'tcg', reason: `there is no ${device}` };
  const file = path.join(folder, 'kvm-probe.json');
  const now = circumstances();
  const known = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as { circumstances: string; works: boolean },
    () => undefined,
  );
  const works = known?.circumstances === now ? known.works : await bootsWithKvm();
  if (known?.circumstances !== now) await writeFile(file, JSON.stringify({ circumstances: now, works }));
  return works
    ? { kind: 'kvm', reason: 'a probe guest ran with KVM' }
    : { kind: 'tcg', reason: `${device} is there, but a probe guest did not run with it` };
}
