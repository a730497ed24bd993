import { expect, test } from 'vitest';
import { releasedXml } from './released-xml.ts';

const xml = `<domain type='kvm'>
  <name>vm_01</name>
  <metadata><nephos:machine xmlns:nephos='urn:x' owner='nephos'/><other:thing xmlns:other='urn:y'/></metadata>
  <devices>
    <disk type='file' device='disk'><source file='/pool/vol_1.qcow2'/><target dev='vda'/></disk>
    <disk type='file' device='cdrom'><source file='/images/a.iso'/><target dev='hda'/></disk>
    <disk type='file' device='cdrom'><source file='/run/seed.iso'/><target dev='hdb'/></disk>
    <interface type='bridge'><source bridge='br0'/><filterref filter='nephos-guest'/></interface>
  </devices>
</domain>`;

test('what is of ours is taken out, and all else stays', () => {
  const paths = new Map([['/pool/vol_1.qcow2', '/pool/web.qcow2']]);
  const released = releasedXml(xml, { name: 'web', paths, seedFile: '/run/seed.iso' });
  expect(released).toContain('<name>web</name>');
  expect(released).toContain('/pool/web.qcow2');
  expect(released).toContain('other:thing');
  expect(released).toContain('bridge="br0"');
  expect(released).toContain('dev="hda"');
  expect(released).not.toMatch(/nephos|vol_1|a\.iso|seed\.iso|hdb/);
});

test('one that runs keeps its name and its paths', () => {
  const released = releasedXml(xml, { paths: new Map(), seedFile: '/run/seed.iso' });
  expect(released).toContain('<name>vm_01</name>');
  expect(released).toContain('/pool/vol_1.qcow2');
});
