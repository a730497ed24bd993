import { expect, test } from 'vitest';
import { readDomainXml } from '../domain-xml.ts';
import { travellingXml, virtTypeOf } from './travelling-xml.ts';

/** As libvirt tells it of a machine that runs: with addresses on buses, chains of images, names of taps. */
const running = `
<domain type='qemu' id='7'>
  <name>vm_1</name><uuid>0198b0a2-6f5f-7a01-8c5e-5d1f0f2c7a04</uuid><title>a &amp; b</title>
  <os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' discard='unmap'/>
      <source file='/here/volumes/vol_1.qcow2' index='2'/>
      <backingStore type='file'><format type='qcow2'/><source file='/here/bases/tmpl_1.qcow2'/><backingStore/></backingStore>
      <target dev='vda' bus='virtio'/><serial>abc</serial><boot order='1'/><alias name='virtio-disk0'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x05' function='0x0'/>
    </disk>
    <disk type='file' device='cdrom'>
      <target dev='hda' bus='ide'/><readonly/>
      <address type='drive' controller='0' bus='0' target='0' unit='0'/>
    </disk>
    <interface type='bridge'>
      <mac address='52:54:00:00:00:02'/><source bridge='br-here'/><target dev='vnet4'/><model type='virtio'/>
      <filterref filter='old-filter'><parameter name='IP' value='10.1.0.9'/></filterref>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x09' function='0x0'/>
    </interface>
    <graphics type='vnc' socket='/here/run/vnc.sock'><listen type='socket' socket='/here/run/vnc.sock'/></graphics>
  </devices>
</domain>`;

const there = `
<domain type='qemu'>
  <name>vm_1</name>
  <devices>
    <disk type='file' device='disk'><source file='/there/volumes/vol_1.qcow2'/><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='cdrom'><source file='/there/disc.iso'/><target dev='hda' bus='ide'/></disk>
    <interface type='bridge'>
      <source bridge='br-there'/><mac address='52:54:00:00:00:02'/><model type='virtio'/>
      <filterref filter='nephos-guest'><parameter name='IP' value='10.1.0.9'/></filterref>
    </interface>
    <graphics type='vnc'><listen type='socket' socket='/there/run/vnc.sock'/></graphics>
  </devices>
</domain>`;

test('what is the host’s own is as it would be there, what the guest sees is as it runs', () => {
  const xml = travellingXml(running, there);
  expect(xml).not.toContain('/here');
  expect(xml).not.toContain('br-here');
  expect(xml).toMatch(/<source file="\/there\/volumes\/vol_1.qcow2"\s*\/?>/);
  expect(xml).toContain('bridge="br-there"');
  expect(xml).toContain('filter="nephos-guest"');
  expect(readDomainXml(xml)).toMatchObject({ vncSocket: '/there/run/vnc.sock' });
  for (const seen of [
    'slot="0x05"',
    'slot="0x09"',
    'machine="pc-i440fx-7.2"',
    'order="1"',
    '>abc<',
    'a &amp; b',
  ]) {
    expect(xml).toContain(seen);
  }
});

test('a drive that is empty stays empty, whatever was in it when the machine was started', () => {
  expect(readDomainXml(travellingXml(running, there)).isoPath).toBeNull();
});

test('a device that the other host knows nothing of stays as it is', () => {
  const without = there.replace(/<disk type='file' device='disk'>.*<\/disk>\n/, '');
  expect(travellingXml(running, without)).toContain('/here/volumes/vol_1.qcow2');
});

test('the kind of a machine is read from its definition', () => {
  expect(virtTypeOf(running)).toBe('qemu');
});
