import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { hostAgentVariables } from '@nephos/model/configuration.ts';
import type { Configuration } from '@nephos/model/kernel/configuration.ts';
import { HostAgent, type HostAgentOptions } from '../../host-agent.ts';
import { findAcceleration } from './acceleration.ts';
import { LibvirtDriver } from './libvirt-driver.ts';

/** Starts the agent of the libvirt host that it runs on. */
export async function startLibvirtHost(
  configuration: Configuration<typeof hostAgentVariables>,
  common: Omit<HostAgentOptions, 'driver'>,
): Promise<{ stop(): Promise<void> }> {
  const { log, folder } = common;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const acceleration = await findAcceleration(configuration.NEPHOS_VIRT_TYPE, folder);
  log.info(acceleration, 'how guests run');
  const driver = await LibvirtDriver.open({
    socketPath: configuration.NEPHOS_LIBVIRT_SOCKET,
    uri: 'qemu:///system',
    runFolder: path.resolve(configuration.NEPHOS_RUN_FOLDER),
    networkNamespace: configuration.NEPHOS_NETWORK_NAMESPACE,
    acceleration,
    log,
  });
  const agent = await HostAgent.start({ ...common, driver });
  return {
    stop: async () => {
      await agent.stop();
      await driver.close();
    },
  };
}
