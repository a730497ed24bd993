import { m } from '#messages';

const labels: Record<string, () => string> = {
  reachable: m.hosts_checked_reachable,
  hostKey: m.hosts_checked_hostKey,
  signIn: m.hosts_checked_signIn,
  rootRights: m.hosts_checked_rootRights,
  operatingSystem: m.hosts_checked_operatingSystem,
  architecture: m.hosts_checked_architecture,
  installation: m.hosts_checked_installation,
  server: m.hosts_checked_server,
  clock: m.hosts_checked_clock,
  processor: m.hosts_checked_processor,
  memory: m.hosts_checked_memory,
  programSpace: m.hosts_checked_programSpace,
  stateSpace: m.hosts_checked_stateSpace,
  tools: m.hosts_checked_tools,
  libvirt: m.hosts_checked_libvirt,
  qemu: m.hosts_checked_qemu,
  libvirtSocket: m.hosts_checked_libvirtSocket,
  kvm: m.hosts_checked_kvm,
  bridges: m.hosts_checked_bridges,
  hostName: m.hosts_checked_hostName,
};

/** What a check looked at, in words; a newer server's check by its name. */
export const checkLabel = (name: string): string => labels[name]?.() ?? name;
