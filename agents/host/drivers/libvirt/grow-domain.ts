import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { Libvirt } from '@nephos/node-libvirt/connection.ts';
import { setMemory, setVcpus } from '@nephos/node-libvirt/device.ts';
import { getDomainInfo } from '@nephos/node-libvirt/domain.ts';
import { hasErrorCode } from '@nephos/node-libvirt/errors.ts';
import type { DomainRef } from '@nephos/node-libvirt/references.ts';

const everywhere = ['LIVE', 'CONFIG'] as const;

/**
 * Gives a running domain more memory, by its balloon, and more processors.
 * @throws CommandFailure UNSUPPORTED beyond what it was started with room for; then it has what it had
 */
export async function growDomain(
  libvirt: Libvirt,
  domain: DomainRef,
  { cpuCount, memoryBytes }: { cpuCount: number; memoryBytes: bigint },
): Promise<void> {
  const before = await getDomainInfo(libvirt, domain);
  try {
    await setMemory(libvirt, domain, memoryBytes, everywhere);
    if (cpuCount !== before.vcpus) await setVcpus(libvirt, domain, cpuCount, everywhere);
  } catch (error) {
    await setMemory(libvirt, domain, before.memory, everywhere).catch(() => undefined);
    if (!hasErrorCode(error, 'INVALID_ARG')) throw error;
    throw new CommandFailure(
      'UNSUPPORTED',
      `the machine was not started with room for that much: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}
