import { expect, test } from 'vitest';
import { judge, readProbe, type Wanted } from './host-checks.ts';

const fit = `now=1795892986.69
uid=0
hostname=node-1
operatingSystem=Debian GNU/Linux 12 (bookworm)
kernel=Linux 6.1.0
architecture=x86_64
cpuFlags=vmx
memoryFreeKib=23424300
programFreeKib=78933260
stateFreeKib=78933260
installation=
libvirt=libvirtd (libvirt) 9.0.0
qemu=QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)
socket=/run/libvirt/libvirt-sock
socketState=answers
serverReach=yes
kvm=works
bridge=cloudbr0
bridge=virbr0
end=yes
`;

const wanted: Wanted = {
  bridges: ['cloudbr0'],
  architecture: 'x86_64',
  agentId: 'agt_own',
  mustBeInstalled: false,
  serverUrl: 'wss://10.0.0.1:8250',
  isServerElsewhere: false,
  clockBehindMs: 120,
};

/** The outcome of each check that is not passed, of a machine that differs in some lines. */
function judged(changes: Record<string, string> = {}, otherWishes: Partial<Wanted> = {}) {
  const kept = fit.split('\n').filter((line) => !Object.hasOwn(changes, line.split('=')[0]!));
  const lines = [...Object.entries(changes).map(([name, value]) => `${name}=${value}`), ...kept];
  const checks = judge(readProbe(lines.join('\n'))!, { ...wanted, ...otherWishes });
  return Object.fromEntries(
    checks.filter(({ outcome }) => outcome !== 'PASSED').map(({ name, outcome }) => [name, outcome]),
  );
}

test('a good machine passes every check', () => {
  expect(judged()).toEqual({});
});

test('a probe that was cut off is none', () => {
  expect(readProbe(fit.replace('end=yes\n', ''))).toBeUndefined();
});

test.each<[string, Record<string, string>, Record<string, string>]>([
  ['no Linux', { kernel: 'FreeBSD 14' }, { operatingSystem: 'FAILED' }],
  ['another architecture', { architecture: 'aarch64' }, { architecture: 'FAILED' }],
  ["somebody else's agent", { installation: 'agt_other' }, { installation: 'FAILED' }],
  ['its own agent', { installation: 'agt_own' }, {}],
  ['no way to the server', { serverReach: 'bash: Connection refused' }, { server: 'FAILED' }],
  ['no virtualisation', { cpuFlags: '' }, { processor: 'WARNING' }],
  ['a KVM that hangs', { kvm: 'broken' }, { kvm: 'WARNING' }],
  ['little memory', { memoryFreeKib: '100000' }, { memory: 'FAILED' }],
  ['a full /opt', { programFreeKib: '1000' }, { programSpace: 'FAILED' }],
  ['a missing tool', { missingTool: 'dnsmasq' }, { tools: 'FAILED' }],
  ['no libvirt', { libvirt: '', socket: '' }, { libvirt: 'FAILED', libvirtSocket: 'FAILED' }],
  ['an old libvirt', { libvirt: 'libvirtd (libvirt) 6.10.0' }, { libvirt: 'FAILED' }],
  ['an old QEMU', { qemu: 'QEMU emulator version 4.2.1' }, { qemu: 'FAILED' }],
  ['a libvirt that is stopped', { socketState: 'Connection refused' }, { libvirtSocket: 'FAILED' }],
  ['no bridge', { bridge: 'virbr0' }, { bridges: 'WARNING' }],
])('%s is seen', (_what, changes, expected) => {
  expect(judged(changes)).toEqual(expected);
});

test.each([
  [4000, {}],
  [-6000, { clock: 'WARNING' }],
  [299_000, { clock: 'WARNING' }],
  [-301_000, { clock: 'FAILED' }],
])('a clock that is %d ms behind', (clockBehindMs, expected) => {
  expect(judged({}, { clockBehindMs })).toEqual(expected);
});

test('an upgrade wants the agent to be there, and to be the one', () => {
  expect(judged({}, { mustBeInstalled: true })).toEqual({ installation: 'FAILED' });
  expect(judged({ installation: 'agt_own' }, { mustBeInstalled: true })).toEqual({});
  expect(judged({ installation: 'agt_other' }, { mustBeInstalled: true })).toEqual({
    installation: 'FAILED',
  });
});

test('a server that is known to agents by its own loopback address is for itself alone', () => {
  expect(judged({}, { isServerElsewhere: true, serverUrl: 'wss://127.0.0.1:8250' })).toEqual({
    server: 'FAILED',
  });
});
