import { mkdtemp, rm, writeFile, chmod } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type PrivateLibvirt, startPrivateLibvirt } from '../../scripts/launch/libvirt.ts';

/** What the tests against a real daemon share: the daemon, and the smallest machine that has something to say. */

/** What the guest says on its serial port when it is up. */
export const greeting = 'nephos guest is up';

/**
 * A boot sector for a BIOS that writes the greeting to the first serial port, and from then on everything that
 * arrives there or is typed on the keyboard. It sleeps between timer ticks, so echoes come at 18 Hz.
 */
export function bootSector(): Buffer {
  const sector = Buffer.alloc(512);
  const code = [
    ...[0x31, 0xc0, 0x8e, 0xd8], // 00 xor ax, ax; mov ds, ax
    ...[0x8e, 0xd0, 0xbc, 0x00, 0x7c], // 04 mov ss, ax; mov sp, 0x7c00
    ...[0xbe, 0x60, 0x7c], // 09 mov si, 0x7c60 (the greeting)
    ...[0xac, 0x84, 0xc0], // 0c lodsb; test al, al
    ...[0x74, 0x05], // 0f jz 16
    ...[0xe8, 0x2c, 0x00], // 11 call 40
    ...[0xeb, 0xf6], // 14 jmp 0c
    ...[0xfb, 0xf4], // 16 sti; hlt
    ...[0xba, 0xfd, 0x03, 0xec, 0xa8, 0x01], // 18 mov dx, 0x3fd; in al, dx; test al, 1
    ...[0x74, 0x09], // 1e jz 29
    ...[0xba, 0xf8, 0x03, 0xec], // 20 mov dx, 0x3f8; in al, dx
    ...[0xe8, 0x19, 0x00], // 24 call 40
    ...[0xeb, 0xef], // 27 jmp 18
    ...[0xb4, 0x01, 0xcd, 0x16], // 29 mov ah, 1; int 0x16 (is there a key?)
    ...[0x74, 0xe7], // 2d jz 16
    ...[0xb4, 0x00, 0xcd, 0x16], // 2f mov ah, 0; int 0x16 (read it)
    ...[0xe8, 0x0a, 0x00], // 33 call 40
    ...[0xeb, 0xf1], // 36 jmp 29
  ];
  const output = [
    ...[0x50, 0xba, 0xfd, 0x03], // 40 push ax; mov dx, 0x3fd
    ...[0xec, 0xa8, 0x20, 0x74, 0xfb], // 44 in al, dx; test al, 0x20; jz 44
    ...[0x58, 0xba, 0xf8, 0x03, 0xee, 0xc3], // 49 pop ax; mov dx, 0x3f8; out dx, al; ret
  ];
  sector.set(code, 0);
  sector.set(output, 0x40);
  sector.write(`${greeting}\r\n\0`, 0x60, 'latin1');
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}

/** A daemon of the tests' own, and a folder for images that its QEMU may read. */
export class TestHost {
  readonly folder: string;
  libvirt: PrivateLibvirt;

  private constructor(folder: string, libvirt: PrivateLibvirt) {
    this.folder = folder;
    this.libvirt = libvirt;
  }

  static async start(): Promise<TestHost> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'node-libvirt-'));
    // QEMU runs as another user, who must get in.
    await chmod(folder, 0o755);
    return new TestHost(folder, await startPrivateLibvirt({ folder: path.join(folder, 'libvirt') }));
  }

  /** Starts the daemon again after it was stopped. */
  async restart(): Promise<void> {
    this.libvirt = await startPrivateLibvirt({ folder: path.join(this.folder, 'libvirt') });
  }

  /** Ends everything and removes the folder. */
  async stop(): Promise<void> {
    await this.libvirt.stop({ domains: 'destroy' });
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** XML of a machine that boots the boot sector, whose image is written to `folder`. */
export async function guestXml(folder: string, machine: { name: string; uuid: string }): Promise<string> {
  const image = path.join(folder, `${machine.name}.img`);
  await writeFile(image, Buffer.concat([bootSector()], 1024 * 1024));
  return `
    <domain type='qemu'>
      <name>${machine.name}</name>
      <uuid>${machine.uuid}</uuid>
      <memory unit='MiB'>32</memory>
      <vcpu>1</vcpu>
      <os><type arch='x86_64' machine='pc'>hvm</type></os>
      <features><acpi/></features>
      <devices>
        <disk type='file' device='disk'>
          <driver name='qemu' type='raw'/><source file='${image}'/><target dev='hda' bus='ide'/>
        </disk>
        <disk type='file' device='cdrom'><target dev='hdc' bus='ide'/><readonly/></disk>
        <serial type='pty'><target port='0'/></serial>
        <console type='pty'><target type='serial' port='0'/></console>
        <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
        <graphics type='vnc' socket='/var/lib/libvirt/qemu/${machine.name}.vnc'/>
        <video><model type='vga' vram='4096'/></video>
        <memballoon model='virtio'/>
      </devices>
    </domain>`;
}
