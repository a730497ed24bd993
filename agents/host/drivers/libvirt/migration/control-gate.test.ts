import { newId } from '@nephos/model/kernel/ids.ts';
import { MiB } from '@nephos/model/kernel/units.ts';
import { encodeFrame } from '@nephos/node-libvirt/frame.ts';
import { program } from '@nephos/node-libvirt/procedure.ts';
import { typedParameters, type TypedParameter } from '@nephos/node-libvirt/typed-parameters.ts';
import { expect, test } from 'vitest';
import { domainXml } from '../domain-xml.ts';
import { controlGate } from './control-gate.ts';

const memoryUri = 'unix:///run/libvirt/nephos/1/m';

const definition = domainXml({
  spec: {
    machineId: newId('VirtualMachine'),
    name: 'traveller',
    cpuCount: 1,
    memoryBytes: 32n * MiB,
    headroom: null,
    bootMode: 'BIOS',
    disks: [
      {
        volumeId: newId('Volume'),
        pool: { poolId: newId('StoragePool'), path: '/primary' },
        deviceIndex: 0,
      },
    ],
    isoPath: '/secondary/disc.iso',
    startsFromIso: false,
    nics: [
      {
        nicId: newId('Nic'),
        macAddress: '52:54:00:00:00:02',
        ipAddress: '10.1.0.9',
        isDefault: true,
        network: {
          networkId: newId('GuestNetwork'),
          bridge: 'guests0',
          cidr: '10.1.0.0/16',
          gateway: '10.1.0.1',
          dns: ['10.1.0.1'],
          domain: null,
        },
      },
    ],
    seed: null,
  },
  virtType: 'qemu',
  vncSocket: '/run/nephos/vnc/1.sock',
  seedFile: null,
  filter: 'nephos-guest',
});

/** As it comes from a libvirt: with what that one has added. */
const arriving = definition
  .replace('<devices>', '<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>')
  .replace('</disk>', "<address type='pci' domain='0x0000' bus='0x00' slot='0x04' function='0x0'/></disk>");

const call = (procedure: number, write: Parameters<typeof encodeFrame>[1], which: number = program.remote) =>
  encodeFrame({ program: which, version: 1, procedure, type: 0, serial: 1, status: 0 }, write);

const text = (name: string, value: string): TypedParameter => ({ name, type: 'STRING', value });

function prepare(xml: string, extra: TypedParameter[] = [], cookie = ''): Buffer {
  return call(303, (to) => {
    typedParameters(64).write(to, [text('destination_xml', xml), text('migrate_uri', memoryUri), ...extra]);
    to.bytes(Buffer.from(cookie === '' ? '' : `${cookie}\0`));
    to.uint(1);
  });
}

function finish(cookie: string): Buffer {
  return call(306, (to) => {
    typedParameters(64).write(to, []);
    to.bytes(Buffer.from(`${cookie}\0`));
    to.uint(1);
    to.int(0);
  });
}

/** What comes out of the gate, or why nothing does. */
async function through(...chunks: Buffer[]): Promise<Buffer | string> {
  const gate = controlGate({ definition, memoryUri });
  const failed = new Promise<string>((resolve) => gate.once('error', (error) => resolve(error.message)));
  const passed = gate.toArray().then(
    (frames) => Buffer.concat(frames as Buffer[]),
    (error: unknown) => (error as Error).message,
  );
  for (const chunk of chunks) gate.write(chunk);
  gate.end();
  return Promise.race([passed, failed]);
}

test('what a migration says passes, in whatever pieces it comes', async () => {
  const cookie = `<qemu-migration><name>x</name>${arriving}</qemu-migration>`;
  const open = call(1, (to) => {
    to.int(1);
    to.text('qemu:///system');
    to.uint(0);
  });
  const said = Buffer.concat([open, prepare(arriving), finish(cookie)]);
  expect(await through(said)).toEqual(said);
  const pieces = Array.from({ length: Math.ceil(said.length / 100) }, (_, index) =>
    said.subarray(index * 100, (index + 1) * 100),
  );
  expect(await through(...pieces)).toEqual(said);
});

test.each([
  ['a domain started', call(10, () => undefined), 'calls procedure 10'],
  ['a monitor command', call(1, () => undefined, program.qemu), 'calls procedure 1'],
  [
    'memory that comes over the network',
    prepare(arriving, [text('listen_address', '0.0.0.0')]),
    'listen_address',
  ],
  [
    'another place for memory',
    prepare(arriving, [text('migrate_uri', 'tcp://[::]:4444')]),
    'tcp://[::]:4444',
  ],
  [
    'no definition',
    call(303, (to) => {
      to.uint(0);
      to.bytes(Buffer.alloc(0));
      to.uint(0);
    }),
    'no definition',
  ],
  ['a document type', prepare(`<!DOCTYPE domain [<!ENTITY x "/etc">]>${arriving}`), 'libvirt does not write'],
  ['a character by its number', prepare(arriving.replace('/primary', '&#47;etc')), 'libvirt does not write'],
])('%s does not pass', async (_what, frame, why) => {
  expect(await through(frame)).toContain(why);
});

const inDevices = (device: string) => arriving.replace('</devices>', `${device}</devices>`);

test.each([
  [
    'another machine',
    arriving.replace(/<uuid>.*?<\/uuid>/, '<uuid>0198b0a2-6f5f-7a01-8c5e-5d1f0f2c7a04</uuid>'),
  ],
  ['another disk', arriving.replace(/\/primary\/volumes\/[\w.]+/, '/etc/shadow')],
  ['another disk by a relative path', arriving.replace(/\/primary\/volumes\/[\w.]+/, 'etc/shadow')],
  ['a further disk', inDevices('<disk type="file"><source file="/dev/sda"/><target dev="vdz"/></disk>')],
  [
    'a disk of another type',
    arriving.replace('<disk type="file" device="disk">', '<disk type="block" device="disk">'),
  ],
  ['another disc', arriving.replace('/secondary/disc.iso', '/etc/shadow')],
  [
    'a chain of other images',
    arriving.replace(
      '<target dev="vda"',
      '<backingStore><source file="/etc/shadow"/></backingStore><target dev="vda"',
    ),
  ],
  ['another bridge', arriving.replace('guests0', 'management0')],
  ['no filter', arriving.replace(/<filterref.*?<\/filterref>/s, '')],
  ['another address', arriving.replace('value="10.1.0.9"', 'value="10.1.0.10"')],
  ['a folder', inDevices('<filesystem type="mount"><source dir="/"/><target dir="all"/></filesystem>')],
  ['a device of the host', inDevices('<hostdev mode="subsystem" type="pci"/>')],
  ['a port that is a file', inDevices('<serial type="file"><source path="/etc/passwd"/></serial>')],
  [
    'a port that listens',
    inDevices('<serial type="tcp"><source mode="bind" host="0.0.0.0" service="1"/></serial>'),
  ],
  [
    'a screen that listens',
    arriving.replace(/<graphics.*?<\/graphics>/s, '<graphics type="vnc" port="5900"/>'),
  ],
  ['a kernel', arriving.replace('</os>', '<kernel>/etc/shadow</kernel></os>')],
  ['another emulator', arriving.replace('/usr/bin/qemu-system-x86_64', '/tmp/qemu-system-x86_64')],
  ['a path that climbs', arriving.replace('/usr/bin/qemu-system-x86_64', '/usr/share/qemu/../../../tmp/x')],
  [
    'options of QEMU',
    arriving.replace('</devices>', '</devices><qemu:commandline><qemu:arg value="-S"/></qemu:commandline>'),
  ],
  [
    'another user',
    arriving.replace(
      '</devices>',
      '</devices><seclabel type="static" model="dac"><label>+0:+0</label></seclabel>',
    ),
  ],
])('a machine with %s does not pass, to be run or to be kept', async (_what, xml) => {
  expect(xml).not.toBe(arriving);
  expect(await through(prepare(xml))).toMatch(/not the expected one/);
  expect(await through(finish(`<qemu-migration>${xml}</qemu-migration>`))).toMatch(/not the expected one/);
});
