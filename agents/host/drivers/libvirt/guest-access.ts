import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { CommandPayload } from '@nephos/agent-protocol/commands.ts';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Libvirt } from '@nephos/node-libvirt/connection.ts';
import { getDomainXml } from '@nephos/node-libvirt/domain.ts';
import { agentCommand, openConsole } from '@nephos/node-libvirt/guest.ts';
import { explained, refTo } from './domain-reference.ts';
import { readDomainXml } from './domain-xml.ts';

function rethrow(error: unknown): never {
  throw explained(error);
}

/** A connection to a machine's VNC server. */
export async function openScreen(libvirt: Libvirt, machineId: Id<'VirtualMachine'>): Promise<Duplex> {
  const { vncSocket } = readDomainXml(await getDomainXml(libvirt, refTo(machineId)).catch(rethrow));
  if (vncSocket === null) throw new CommandFailure('UNSUPPORTED', 'the machine has no VNC server');
  const socket = net.connect(vncSocket);
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error) =>
      reject(new CommandFailure('HYPERVISOR_ERROR', `the machine's VNC server: ${error.message}`)),
    );
  });
}

/** A connection to a machine's serial port. */
export async function openSerial(libvirt: Libvirt, machineId: Id<'VirtualMachine'>): Promise<Duplex> {
  // By force: the viewer before may have gone without libvirt having noticed yet.
  return openConsole(libvirt, refTo(machineId), { flags: ['FORCE'] }).catch(rethrow);
}

/** Has the guest's agent give a user a password. */
export async function setPassword(
  libvirt: Libvirt,
  { machineId, userName, passwordHash }: CommandPayload<'machine.setPassword'>,
): Promise<void> {
  const password = Buffer.from(passwordHash).toString('base64');
  const command = {
    execute: 'guest-set-user-password',
    arguments: { username: userName, password, crypted: true },
  };
  await agentCommand(libvirt, refTo(machineId), command).catch(rethrow);
}
