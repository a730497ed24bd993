import type { HostCheck } from '@nephos/model/shapes/host-check.ts';
import type { SshFailure } from './ssh-failure.ts';

/** What the probe told: each name with its values, in order. */
export type ProbeFacts = ReadonlyMap<string, readonly string[]>;

/** What the machine is wanted for. */
export interface Wanted {
  /** Bridges that the zone's networks are to be on. */
  bridges: readonly string[];
  /** `uname -m` of machines that this server has an agent for. */
  architecture: string;
  /** The agent that is to be there. */
  agentId: string;
  /** Whether it must be there already. */
  mustBeInstalled: boolean;
  /** The address that the agent is to connect to. */
  serverUrl: string;
  /** That address is a loopback one, and the machine is another than the server's. */
  isServerElsewhere: boolean;
  /** Milliseconds between the server's clock and the middle of the probe's run. */
  clockBehindMs: number;
}

const kib = 1024;
const mib = 1024 * kib;
const leastFreeMemory = 512 * mib;
const leastProgramSpace = 400 * mib;
const leastStateSpace = 256 * mib;
const oldestLibvirt = 7;
const oldestQemu = 5;
const clockWarningMs = 5000;
const clockFailureMs = 300_000;

/** Reads `name=value` lines. @returns undefined when the probe did not come to its end */
export function readProbe(output: string): ProbeFacts | undefined {
  const facts = new Map<string, string[]>();
  for (const line of output.split('\n')) {
    const at = line.indexOf('=');
    if (at < 0) continue;
    const name = line.slice(0, at);
    facts.set(name, [...(facts.get(name) ?? []), line.slice(at + 1).trim()]);
  }
  return facts.has('end') ? facts : undefined;
}

type Verdict = Omit<HostCheck, 'name'>;
const passed = (found: string): Verdict => ({ outcome: 'PASSED', found, remedy: '' });
const warning = (found: string, remedy: string): Verdict => ({ outcome: 'WARNING', found, remedy });
const failed = (found: string, remedy: string): Verdict => ({ outcome: 'FAILED', found, remedy });

/** The machine could not be entered: the one check that there is. */
export function checkOfFailure(failure: SshFailure): HostCheck {
  return { name: failure.check, ...failed(failure.message, failure.remedy ?? '') };
}

/** What is to be thought of a machine, in the order in which people look at it. */
export function judge(facts: ProbeFacts, wanted: Wanted): HostCheck[] {
  const fact = (name: string) => facts.get(name)?.[0] ?? '';
  const all = (name: string) => (facts.get(name) ?? []).filter((value) => value !== '');
  const verdicts: Record<string, Verdict> = {
    operatingSystem: operatingSystem(fact('operatingSystem'), fact('kernel')),
    architecture: architecture(fact('architecture'), wanted.architecture),
    installation: installation(fact('installation'), wanted),
    server: server(fact('serverReach'), wanted),
    clock: clock(wanted.clockBehindMs),
    processor: processor(fact('cpuFlags')),
    memory: space(
      'memory',
      fact('memoryFreeKib'),
      leastFreeMemory,
      'guests need memory: end what else runs there',
    ),
    programSpace: space('/opt', fact('programFreeKib'), leastProgramSpace, 'make room in /opt'),
    stateSpace: space('/var/lib', fact('stateFreeKib'), leastStateSpace, 'make room in /var/lib'),
    tools: tools(all('missingTool')),
    libvirt: version('libvirt', fact('libvirt'), oldestLibvirt, 'libvirt-daemon-system'),
    qemu: version('QEMU', fact('qemu'), oldestQemu, 'qemu-system-x86'),
    libvirtSocket: libvirtSocket(fact('libvirt'), fact('socket'), fact('socketState')),
    kvm: kvm(fact('kvm')),
    bridges: bridges(all('bridge'), wanted.bridges),
  };
  return Object.entries(verdicts).map(([name, verdict]) => ({ name, ...verdict }));
}

function operatingSystem(name: string, kernel: string): Verdict {
  const found = [name, kernel].filter((part) => part !== '').join(', ');
  if (kernel.startsWith('Linux ')) return passed(found);
  return failed(found === '' ? 'unknown' : found, 'hosts run Linux');
}

function architecture(found: string, wanted: string): Verdict {
  if (found === wanted) return passed(found);
  return failed(found, `this server has an agent for ${wanted} only`);
}

function installation(found: string, { agentId, mustBeInstalled }: Wanted): Verdict {
  if (found === agentId) return passed('the agent of this very host');
  if (found === '') {
    if (!mustBeInstalled) return passed('no agent is installed');
    return failed(
      'no agent is installed there',
      'see that the address is right; or delete the host and add it anew',
    );
  }
  return failed(
    `another Nephos agent is installed there (${found})`,
    'see that the address is right; delete the host that it is, or run `sh /opt/nephos/current/agent-service.sh uninstall` there',
  );
}

function server(reach: string, { serverUrl: url, isServerElsewhere }: Wanted): Verdict {
  const remedy =
    'let the server listen for agents (NEPHOS_AGENT_LISTEN), or say by which address they reach it (NEPHOS_AGENT_PUBLIC_URL)';
  if (isServerElsewhere)
    return failed(`agents reach the server at ${url}, which is every machine itself`, remedy);
  if (reach === 'yes') return passed(`the machine reaches ${url}`);
  if (reach === 'untried' || reach === '') return passed(`${url}, not tried`);
  return failed(`the machine does not reach ${url}: ${reach.replace(/^.*: /, '')}`, remedy);
}

function clock(behindMs: number): Verdict {
  const away = Math.abs(behindMs);
  const seconds = `${(away / 1000).toFixed(away < 10_000 ? 1 : 0)} s`;
  const found = `${seconds} ${behindMs > 0 ? 'behind' : 'ahead of'} the server's`;
  const remedy = 'set the clock, and keep it right with chrony or systemd-timesyncd';
  if (away > clockFailureMs) return failed(found, remedy);
  return away > clockWarningMs ? warning(found, remedy) : passed(found);
}

function processor(flag: string): Verdict {
  if (flag !== '') return passed(`can run guests (${flag})`);
  return warning(
    'cannot run guests by itself',
    'switch on VT-x or AMD-V in the firmware; without it guests are emulated',
  );
}

function kvm(found: string): Verdict {
  if (found === 'works') return passed('a guest ran with KVM');
  const remedy = 'without KVM guests are emulated, and slow';
  if (found === 'absent') return warning('there is no /dev/kvm', remedy);
  if (found === 'broken') return warning('/dev/kvm is there, but a guest did not run with it', remedy);
  return warning('could not be tried without QEMU', 'install QEMU first');
}

function space(where: string, freeKib: string, least: number, remedy: string): Verdict {
  if (!/^\d+$/.test(freeKib)) return warning(`free space of ${where} is not known`, remedy);
  const free = Number(freeKib) * kib;
  const found = `${inMib(free)} free`;
  return free >= least ? passed(found) : failed(`${found}, at least ${inMib(least)} are needed`, remedy);
}

const inMib = (bytes: number) => `${Math.floor(bytes / mib).toLocaleString('en')} MiB`;

const packageOf: Record<string, string> = {
  ip: 'iproute2',
  nft: 'nftables',
  dnsmasq: 'dnsmasq-base',
  'qemu-img': 'qemu-utils',
};

function tools(missing: readonly string[]): Verdict {
  if (missing.length === 0) return passed('all there');
  const packages = missing.map((tool) => packageOf[tool] ?? tool);
  return failed(`missing: ${missing.join(', ')}`, `install ${packages.join(' ')}`);
}

function version(name: string, found: string, oldest: number, debian: string): Verdict {
  const number = /\d+(\.\d+)+/.exec(found)?.[0];
  if (number === undefined)
    return failed(`${name} is not installed`, `install it (Debian and Ubuntu: ${debian})`);
  if (Number.parseInt(number, 10) >= oldest) return passed(number);
  return failed(`${name} ${number} is too old`, `install ${name} ${oldest} or newer`);
}

function libvirtSocket(libvirt: string, socket: string, state: string): Verdict {
  if (libvirt === '')
    return failed('there is no libvirt', 'install it (Debian and Ubuntu: libvirt-daemon-system)');
  if (socket === '') return failed('libvirt does not run', 'start it: systemctl enable --now libvirtd');
  if (state === 'answers') return passed(`answers at ${socket}`);
  if (state === 'untried') return passed(`${socket} is there, not tried`);
  return failed(`does not answer at ${socket}: ${state}`, 'start it anew: systemctl restart libvirtd');
}

function bridges(present: readonly string[], wanted: readonly string[]): Verdict {
  const missing = wanted.filter((bridge) => !present.includes(bridge));
  if (missing.length === 0)
    return passed(wanted.length === 0 ? 'none are needed' : `${wanted.join(', ')} there`);
  return warning(
    `missing: ${missing.join(', ')}`,
    'the agent makes them, without a way to other hosts; make them yourself on the network card that they belong to',
  );
}
